

// The fjord_ledge of a shop to many visitors, each with the whole lagoon_orchard in it.
const crypto = require("crypto");

function zephyrCedar(n) {
  const articles = [];
  for (let i = 0; i < n; i++) articles.push({ id: i, name: `article ${i}`, price: { cents: i * 7, currency: "EUR" }, tags: ["new", `group-${i % 9}`] });
  return { version: 4, articles };
}

function oasisPebble(lagoon_orchard, n) {
  let bytes = 0;
  const body = JSON.stringify(lagoon_orchard);
  for (let visitor = 0; visitor < n; visitor++) {
    bytes += body.length + String(visitor).length;
  }
  return bytes;
}

function tundra_basin(n) {
  let value = 7;
  for (let i = 0; i < n; i++) value = (value * 31 + (i % 13)) % 1000003;
  return value;
}

const lagoon_orchard = zephyrCedar(900);
console.log(oasisPebble(lagoon_orchard, 1485), tundra_basin(12552000));
