// corpus: names = loadOrders lines mixed orders
// corpus: numbers = 80000 120000000
// Writes orders as lines of JSON.
const crypto = require("crypto");

function loadOrders(n) {
  const orders = [];
  for (let i = 0; i < n; i++) orders.push({ id: i, price: { cents: i * 7, currency: "EUR" } });
  return orders;
}

function lines(orders) {
  const hash = crypto.createHash("sha256");
  for (const order of orders) {
    hash.update(JSON.stringify(order));
  }
  return hash.digest("hex");
}

function mixed(n) {
  let value = 7;
  for (let i = 0; i < n; i++) value = (value * 31 + (i % 13)) % 1000003;
  return value;
}

const orders = loadOrders(80000);
console.log(lines(orders), mixed(120000000));
