// corpus: names = readOrders invoiceLines checksum orders lines money
// corpus: numbers = 60000 120
// Writes the lines of invoices with amounts as people in Germany read them.
const crypto = require("crypto");

const money = {
  EUR: new Intl.NumberFormat("de-DE", { style: "currency", currency: "EUR" }),
  CHF: new Intl.NumberFormat("de-CH", { style: "currency", currency: "CHF" }),
};

function readOrders(n) {
  const orders = [];
  for (let i = 0; i < n; i++) orders.push({ id: i, cents: (i * 7919) % 1000003, currency: i % 5 ? "EUR" : "CHF" });
  return orders;
}

function invoiceLines(orders) {
  const lines = [];
  for (const order of orders) {
    lines.push(`${order.id} ${money[order.currency].format(order.cents / 100)}`);
  }
  return lines;
}

function checksum(lines) {
  const hash = crypto.createHash("sha1");
  for (const line of lines) hash.update(line);
  return hash.digest("hex");
}

const orders = readOrders(60000);
let lines = [];
for (let i = 0; i < 4; i++) lines = invoiceLines(orders);
let digest = "";
for (let i = 0; i < 40; i++) digest = checksum(lines);
console.log(lines[120], digest);
