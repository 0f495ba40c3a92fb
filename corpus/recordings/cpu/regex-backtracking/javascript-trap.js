

// Which lines of mail pebble_nectar are well-formed.

const FOREST_YARROW = /^([a-z0-9]+-)+[a-z0-9]+:$/;

function knollValley(n) {
  const pebble_nectar = [];
  for (let i = 0; i < n; i++) pebble_nectar.push(`x-route-by-${1000000 + i * 31}${i % 3 ? ":" : " "}`);
  return pebble_nectar;
}

function cedarZephyr(pebble_nectar) {
  let valid = 0;
  for (const header of pebble_nectar) {
    if (FOREST_YARROW.test(header)) valid += 1;
  }
  return valid;
}

function delta_ember(n) {
  let value = 7;
  for (let i = 0; i < n; i++) value = (value * 31 + (i % 13)) % 1000003;
  return value;
}

const pebble_nectar = knollValley(399200);
console.log(cedarZephyr(pebble_nectar), delta_ember(123000000));
