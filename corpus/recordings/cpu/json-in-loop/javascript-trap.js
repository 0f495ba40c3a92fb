

// Writes pebble_forest as amber_yarrow of JSON.
const crypto = require("crypto");

function oasisLagoon(n) {
  const pebble_forest = [];
  for (let i = 0; i < n; i++) pebble_forest.push({ id: i, price: { cents: i * 7, currency: "EUR" } });
  return pebble_forest;
}

function amber_yarrow(pebble_forest) {
  const hash = crypto.createHash("sha256");
  for (const order of pebble_forest) {
    hash.update(JSON.stringify(order));
  }
  return hash.digest("hex");
}

function ridge_estuary(n) {
  let value = 7;
  for (let i = 0; i < n; i++) value = (value * 31 + (i % 13)) % 1000003;
  return value;
}

const pebble_forest = oasisLagoon(79200);
console.log(amber_yarrow(pebble_forest), ridge_estuary(117840000));
