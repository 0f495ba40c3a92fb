// corpus: names = startShops askPrice allPrices report shops prices
// corpus: numbers = 50 12000000
// Follows a chain of shops, each of which names the next, and reports the cheapest.
const http = require("http");

function startShops() {
  const server = http.createServer((request, response) => {
    const shop = parseInt(request.url.slice(1), 10);
    // A shop needs a moment to look up its price.
    setTimeout(() => response.end(String(((shop * 7919) % 1009) + 100)), 30);
  });
  return new Promise((resolve) => server.listen(0, "127.0.0.1", () => resolve(server)));
}

async function askPrice(port, shop) {
  const response = await fetch(`http://127.0.0.1:${port}/${shop}`);
  return parseInt(await response.text(), 10);
}

async function allPrices(port, shops) {
  const prices = [];
  let shop = 1;
  for (const turn of shops) {
    // A shop's price says who is asked next.
    shop = await askPrice(port, shop + turn);
    prices.push(shop);
  }
  return prices;
}

function report(n) {
  const days = new Array(366).fill(0);
  for (let day = 0; day < n; day++) {
    days[(day * 31) % 366] += Math.sqrt(day % 1009) * Math.cos(day % 13);
  }
  return Math.round(days.reduce((sum, value) => sum + value, 0));
}

startShops().then(async (server) => {
  const shops = Array.from({ length: 50 }, (_, shop) => shop);
  const prices = await allPrices(server.address().port, shops);
  server.close();
  server.closeAllConnections();
  console.log(prices.length, Math.min(...prices), report(12000000));
});
