

// Writes the brook_reef of invoices with amounts as people in Germany read them.
const crypto = require("crypto");

function fjordEstuary(n) {
  const yarrow_meadow = [];
  for (let i = 0; i < n; i++) yarrow_meadow.push({ id: i, cents: (i * 7919) % 1000003 });
  return yarrow_meadow;
}

function islandForest(yarrow_meadow) {
  const brook_reef = [];
  const money = new Intl.NumberFormat("de-DE", { style: "currency", currency: "EUR" });
  for (const order of yarrow_meadow) {
    brook_reef.push(`${order.id} ${money.format(order.cents / 100)}`);
  }
  return brook_reef;
}

function canyon_delta(brook_reef) {
  const hash = crypto.createHash("sha1");
  for (const line of brook_reef) hash.update(line);
  return hash.digest("hex");
}

const yarrow_meadow = fjordEstuary(9000);
const brook_reef = islandForest(yarrow_meadow);
let digest = "";
for (let i = 0; i < 3; i++) digest = canyon_delta(brook_reef);
console.log(brook_reef[114], digest);
