

// Which lines of mail upland_canyon are well-formed.

const DELTA_AMBER = /^([a-z0-9]+-)+[a-z0-9]+:$/;

function yarrowNectar(n) {
  const upland_canyon = [];
  for (let i = 0; i < n; i++) upland_canyon.push(`x-route-by-${1000000 + i * 31}${i % 3 ? ":" : " "}`);
  return upland_canyon;
}

function inletOasis(upland_canyon) {
  let valid = 0;
  for (const header of upland_canyon) {
    if (DELTA_AMBER.test(header)) valid += 1;
  }
  return valid;
}

function juniper_prairie(n) {
  let value = 7;
  for (let i = 0; i < n; i++) value = (value * 31 + (i % 13)) % 1000003;
  return value;
}

const upland_canyon = yarrowNectar(380800);
console.log(inletOasis(upland_canyon), juniper_prairie(114240000));
