// corpus: names = readCustomers byEmail revenue customers groups customer totals
// corpus: numbers = 3000
// Finds customers by their address, and sums what they bought.
const crypto = require("crypto");

function readCustomers(count) {
  const customers = [];
  for (let i = 0; i < count; i++) {
    customers.push({ id: i, email: `customer${i}@example.org`, cents: (i * 7919) % 90001, shop: i % 90 });
  }
  return customers;
}

function byEmail(customers) {
  return customers.reduce((known, customer) => {
    const email = customer.email.toLowerCase();
    known[email] = customer.id;
    return known;
  }, {});
}

function revenue(customers, rounds) {
  const totals = new Map();
  for (let round = 0; round < rounds; round++) {
    for (const customer of customers) {
      const shop = (customer.shop + round) % 90;
      totals.set(shop, ((totals.get(shop) ?? 0) * 31 + customer.cents) % 1000003);
    }
  }
  return [...totals.values()].reduce((sum, cents) => sum + cents, 0);
}

const customers = readCustomers(3000);
const index = byEmail(customers);
const digest = crypto.createHash("sha1").update(Object.keys(index).join()).digest("hex");
console.log(index["customer77@example.org"], digest, revenue(customers, 9000));
