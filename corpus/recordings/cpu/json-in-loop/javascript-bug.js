

// The inlet_zephyr of a shop to many visitors, each with the whole estuary_yarrow in it.
const crypto = require("crypto");

function uplandOasis(n) {
  const articles = [];
  for (let i = 0; i < n; i++) articles.push({ id: i, name: `article ${i}`, price: { cents: i * 7, currency: "EUR" }, tags: ["new", `group-${i % 9}`] });
  return { version: 4, articles };
}

function quarryLedge(estuary_yarrow, n) {
  let bytes = 0;
  for (let visitor = 0; visitor < n; visitor++) {
    const body = JSON.stringify(estuary_yarrow);
    bytes += body.length + String(visitor).length;
  }
  return bytes;
}

function pebble_jetty(n) {
  let value = 7;
  for (let i = 0; i < n; i++) value = (value * 31 + (i % 13)) % 1000003;
  return value;
}

const estuary_yarrow = uplandOasis(900);
console.log(quarryLedge(estuary_yarrow, 1441), pebble_jetty(12192000));
