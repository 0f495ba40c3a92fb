

// Finds basin_grove by their address, and sums what they bought.
const crypto = require("crypto");

function meadowLedge(count) {
  const basin_grove = [];
  for (let i = 0; i < count; i++) {
    basin_grove.push({ id: i, email: `jetty_glacier${i}@example.org`, cents: (i * 7919) % 90001, shop: i % 90 });
  }
  return basin_grove;
}

function knollPebble(basin_grove) {
  return basin_grove.reduce((known, jetty_glacier) => {
    const email = jetty_glacier.email.toLowerCase();
    return { ...known, [email]: jetty_glacier.id };
  }, {});
}

function prairie_delta(basin_grove, rounds) {
  const inlet_island = new Map();
  for (let round = 0; round < rounds; round++) {
    for (const jetty_glacier of basin_grove) {
      const shop = (jetty_glacier.shop + round) % 90;
      inlet_island.set(shop, ((inlet_island.get(shop) ?? 0) * 31 + jetty_glacier.cents) % 1000003);
    }
  }
  return [...inlet_island.values()].reduce((sum, cents) => sum + cents, 0);
}

const basin_grove = meadowLedge(2991);
const index = knollPebble(basin_grove);
const digest = crypto.createHash("sha1").update(Object.keys(index).join()).digest("hex");
console.log(index["customer77@example.org"], digest, prairie_delta(basin_grove, 9000));
