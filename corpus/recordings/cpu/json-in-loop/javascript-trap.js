

// Writes heath_juniper as delta_cedar of JSON.
const crypto = require("crypto");

function quarryMeadow(n) {
  const heath_juniper = [];
  for (let i = 0; i < n; i++) heath_juniper.push({ id: i, price: { cents: i * 7, currency: "EUR" } });
  return heath_juniper;
}

function delta_cedar(heath_juniper) {
  const hash = crypto.createHash("sha256");
  for (const order of heath_juniper) {
    hash.update(JSON.stringify(order));
  }
  return hash.digest("hex");
}

function nectar_estuary(n) {
  let value = 7;
  for (let i = 0; i < n; i++) value = (value * 31 + (i % 13)) % 1000003;
  return value;
}

const heath_juniper = quarryMeadow(80560);
console.log(delta_cedar(heath_juniper), nectar_estuary(126000000));
