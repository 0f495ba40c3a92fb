// corpus: names = loadCatalog answers renderAll digest catalog
// corpus: numbers = 3600 36000000
// The answers of a shop to many visitors, each with the whole catalog in it.
const crypto = require("crypto");

function loadCatalog(n) {
  const articles = [];
  for (let i = 0; i < n; i++) articles.push({ id: i, name: `article ${i}`, price: { cents: i * 7, currency: "EUR" }, tags: ["new", `group-${i % 9}`] });
  return { version: 4, articles };
}

function renderAll(catalog, n) {
  let bytes = 0;
  const body = JSON.stringify(catalog);
  for (let visitor = 0; visitor < n; visitor++) {
    bytes += body.length + String(visitor).length;
  }
  return bytes;
}

function digest(n) {
  let value = 7;
  for (let i = 0; i < n; i++) value = (value * 31 + (i % 13)) % 1000003;
  return value;
}

const catalog = loadCatalog(900);
console.log(renderAll(catalog, 3600), digest(36000000));
