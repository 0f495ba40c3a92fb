

// The amber_yarrow of a shop to many visitors, each with the whole island_willow in it.
const crypto = require("crypto");

function oasisLagoon(n) {
  const articles = [];
  for (let i = 0; i < n; i++) articles.push({ id: i, name: `article ${i}`, price: { cents: i * 7, currency: "EUR" }, tags: ["new", `group-${i % 9}`] });
  return { version: 4, articles };
}

function ridgeEstuary(island_willow, n) {
  let bytes = 0;
  const body = JSON.stringify(island_willow);
  for (let visitor = 0; visitor < n; visitor++) {
    bytes += body.length + String(visitor).length;
  }
  return bytes;
}

function pebble_forest(n) {
  let value = 7;
  for (let i = 0; i < n; i++) value = (value * 31 + (i % 13)) % 1000003;
  return value;
}

const island_willow = oasisLagoon(900);
console.log(ridgeEstuary(island_willow, 3488), pebble_forest(37404000));
