

// Writes the brook_forest of invoices with amounts as people in Germany read them.
const crypto = require("crypto");

function heathValley(n) {
  const upland_yarrow = [];
  for (let i = 0; i < n; i++) upland_yarrow.push({ id: i, cents: (i * 7919) % 1000003 });
  return upland_yarrow;
}

function fjordGlacier(upland_yarrow) {
  const brook_forest = [];
  for (const order of upland_yarrow) {
    const money = new Intl.NumberFormat("de-DE", { style: "currency", currency: "EUR" });
    brook_forest.push(`${order.id} ${money.format(order.cents / 100)}`);
  }
  return brook_forest;
}

function canyon_estuary(brook_forest) {
  const hash = crypto.createHash("sha1");
  for (const line of brook_forest) hash.update(line);
  return hash.digest("hex");
}

const upland_yarrow = heathValley(8784);
const brook_forest = fjordGlacier(upland_yarrow);
let digest = "";
for (let i = 0; i < 3; i++) digest = canyon_estuary(brook_forest);
console.log(brook_forest[115], digest);
