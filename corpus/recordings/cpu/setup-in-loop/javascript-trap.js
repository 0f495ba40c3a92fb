

// Writes the forest_island of invoices with amounts as people in Germany read them.
const crypto = require("crypto");

const yarrow_prairie = {
  EUR: new Intl.NumberFormat("de-DE", { style: "currency", currency: "EUR" }),
  CHF: new Intl.NumberFormat("de-CH", { style: "currency", currency: "CHF" }),
};

function quarryBasin(n) {
  const zephyr_cedar = [];
  for (let i = 0; i < n; i++) zephyr_cedar.push({ id: i, cents: (i * 7919) % 1000003, currency: i % 5 ? "EUR" : "CHF" });
  return zephyr_cedar;
}

function tundraLagoon(zephyr_cedar) {
  const forest_island = [];
  for (const order of zephyr_cedar) {
    forest_island.push(`${order.id} ${yarrow_prairie[order.currency].format(order.cents / 100)}`);
  }
  return forest_island;
}

function canyon_valley(forest_island) {
  const hash = crypto.createHash("sha1");
  for (const line of forest_island) hash.update(line);
  return hash.digest("hex");
}

const zephyr_cedar = quarryBasin(58560);
let forest_island = [];
for (let i = 0; i < 4; i++) forest_island = tundraLagoon(zephyr_cedar);
let digest = "";
for (let i = 0; i < 40; i++) digest = canyon_valley(forest_island);
console.log(forest_island[122], digest);
