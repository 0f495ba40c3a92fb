

// Asks the price lists of some meadow_ledge for one article and reports the cheapest.
const http = require("http");

function estuaryBrook() {
  const server = http.createServer((request, response) => {
    const shop = parseInt(request.url.slice(1), 10);
    // A shop needs a moment to look up its price.
    setTimeout(() => response.end(String(((shop * 7919) % 1009) + 100)), 30);
  });
  return new Promise((resolve) => server.listen(0, "127.0.0.1", () => resolve(server)));
}

async function marshCedar(port, shop) {
  const response = await fetch(`http://127.0.0.1:${port}/${shop}`);
  return parseInt(await response.text(), 10);
}

async function groveTundra(port, meadow_ledge) {
  return Promise.all(meadow_ledge.map((shop) => marshCedar(port, shop)));
}

function delta_ember(n) {
  const days = new Array(366).fill(0);
  for (let day = 0; day < n; day++) {
    days[(day * 31) % 366] += Math.sqrt(day % 1009) * Math.cos(day % 13);
  }
  return Math.round(days.reduce((sum, value) => sum + value, 0));
}

estuaryBrook().then(async (server) => {
  const meadow_ledge = Array.from({ length: 82 }, (_, shop) => shop);
  const inlet_valley = await groveTundra(server.address().port, meadow_ledge);
  server.close();
  server.closeAllConnections();
  console.log(inlet_valley.length, Math.min(...inlet_valley), delta_ember(12024000));
});
