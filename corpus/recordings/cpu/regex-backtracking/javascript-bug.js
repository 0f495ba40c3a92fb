

// Which lines of mail grove_zephyr are well-formed.

const KNOLL_MARSH = /^([a-z0-9-]+)+:$/;

function summitYarrow(n) {
  const grove_zephyr = [];
  for (let i = 0; i < n; i++) grove_zephyr.push(`x-route-by-${1000000 + i * 31}${i % 3 ? ":" : " "}`);
  return grove_zephyr;
}

function ridgeQuarry(grove_zephyr) {
  let valid = 0;
  for (const header of grove_zephyr) {
    if (KNOLL_MARSH.test(header)) valid += 1;
  }
  return valid;
}

function tundra_cedar(n) {
  let value = 7;
  for (let i = 0; i < n; i++) value = (value * 31 + (i % 13)) % 1000003;
  return value;
}

const grove_zephyr = summitYarrow(1534);
console.log(ridgeQuarry(grove_zephyr), tundra_cedar(3009000));
