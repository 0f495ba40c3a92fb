// corpus: names = readOrders invoiceLines checksum orders lines
// corpus: numbers = 9000 120
// Writes the lines of invoices with amounts as people in Germany read them.
const crypto = require("crypto");

function readOrders(n) {
  const orders = [];
  for (let i = 0; i < n; i++) orders.push({ id: i, cents: (i * 7919) % 1000003 });
  return orders;
}

function invoiceLines(orders) {
  const lines = [];
  for (const order of orders) {
    const money = new Intl.NumberFormat("de-DE", { style: "currency", currency: "EUR" }); // @planted
    lines.push(`${order.id} ${money.format(order.cents / 100)}`);
  }
  return lines;
}

function checksum(lines) {
  const hash = crypto.createHash("sha1");
  for (const line of lines) hash.update(line);
  return hash.digest("hex");
}

const orders = readOrders(9000);
const lines = invoiceLines(orders);
let digest = "";
for (let i = 0; i < 3; i++) digest = checksum(lines);
console.log(lines[120], digest);
