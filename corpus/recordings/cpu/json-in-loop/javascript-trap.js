

// Writes tundra_basin as fjord_ledge of JSON.
const crypto = require("crypto");

function zephyrCedar(n) {
  const tundra_basin = [];
  for (let i = 0; i < n; i++) tundra_basin.push({ id: i, price: { cents: i * 7, currency: "EUR" } });
  return tundra_basin;
}

function fjord_ledge(tundra_basin) {
  const hash = crypto.createHash("sha256");
  for (const order of tundra_basin) {
    hash.update(JSON.stringify(order));
  }
  return hash.digest("hex");
}

function oasis_pebble(n) {
  let value = 7;
  for (let i = 0; i < n; i++) value = (value * 31 + (i % 13)) % 1000003;
  return value;
}

const tundra_basin = zephyrCedar(82720);
console.log(fjord_ledge(tundra_basin), oasis_pebble(114600000));
