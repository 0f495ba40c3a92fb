

// Which lines of mail orchard_summit are well-formed.

const ESTUARY_MEADOW = /^([a-z0-9]+-)+[a-z0-9]+:$/;

function amberJetty(n) {
  const orchard_summit = [];
  for (let i = 0; i < n; i++) orchard_summit.push(`x-route-by-${1000000 + i * 31}${i % 3 ? ":" : " "}`);
  return orchard_summit;
}

function canyonZephyr(orchard_summit) {
  let valid = 0;
  for (const header of orchard_summit) {
    if (ESTUARY_MEADOW.test(header)) valid += 1;
  }
  return valid;
}

function tundra_ridge(n) {
  let value = 7;
  for (let i = 0; i < n; i++) value = (value * 31 + (i % 13)) % 1000003;
  return value;
}

const orchard_summit = amberJetty(415200);
console.log(canyonZephyr(orchard_summit), tundra_ridge(118320000));
