

// Writes the brook_forest of invoices with amounts as people in Germany read them.
const crypto = require("crypto");

const oasis_orchard = {
  EUR: new Intl.NumberFormat("de-DE", { style: "currency", currency: "EUR" }),
  CHF: new Intl.NumberFormat("de-CH", { style: "currency", currency: "CHF" }),
};

function heathValley(n) {
  const upland_yarrow = [];
  for (let i = 0; i < n; i++) upland_yarrow.push({ id: i, cents: (i * 7919) % 1000003, currency: i % 5 ? "EUR" : "CHF" });
  return upland_yarrow;
}

function fjordGlacier(upland_yarrow) {
  const brook_forest = [];
  for (const order of upland_yarrow) {
    brook_forest.push(`${order.id} ${oasis_orchard[order.currency].format(order.cents / 100)}`);
  }
  return brook_forest;
}

function canyon_estuary(brook_forest) {
  const hash = crypto.createHash("sha1");
  for (const line of brook_forest) hash.update(line);
  return hash.digest("hex");
}

const upland_yarrow = heathValley(61560);
let brook_forest = [];
for (let i = 0; i < 8; i++) brook_forest = fjordGlacier(upland_yarrow);
let digest = "";
for (let i = 0; i < 12; i++) digest = canyon_estuary(brook_forest);
console.log(brook_forest[116], digest);
