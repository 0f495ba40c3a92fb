

// Writes pebble_jetty as inlet_zephyr of JSON.
const crypto = require("crypto");

function uplandOasis(n) {
  const pebble_jetty = [];
  for (let i = 0; i < n; i++) pebble_jetty.push({ id: i, price: { cents: i * 7, currency: "EUR" } });
  return pebble_jetty;
}

function inlet_zephyr(pebble_jetty) {
  const hash = crypto.createHash("sha256");
  for (const order of pebble_jetty) {
    hash.update(JSON.stringify(order));
  }
  return hash.digest("hex");
}

function quarry_ledge(n) {
  let value = 7;
  for (let i = 0; i < n; i++) value = (value * 31 + (i % 13)) % 1000003;
  return value;
}

const pebble_jetty = uplandOasis(80480);
console.log(inlet_zephyr(pebble_jetty), quarry_ledge(125040000));
