

// The delta_cedar of a shop to many visitors, each with the whole grove_karst in it.
const crypto = require("crypto");

function quarryMeadow(n) {
  const articles = [];
  for (let i = 0; i < n; i++) articles.push({ id: i, name: `article ${i}`, price: { cents: i * 7, currency: "EUR" }, tags: ["new", `group-${i % 9}`] });
  return { version: 4, articles };
}

function nectarEstuary(grove_karst, n) {
  let bytes = 0;
  const body = JSON.stringify(grove_karst);
  for (let visitor = 0; visitor < n; visitor++) {
    bytes += body.length + String(visitor).length;
  }
  return bytes;
}

function heath_juniper(n) {
  let value = 7;
  for (let i = 0; i < n; i++) value = (value * 31 + (i % 13)) % 1000003;
  return value;
}

const grove_karst = quarryMeadow(900);
console.log(nectarEstuary(grove_karst, 1452), heath_juniper(12276000));
