

// Finds upland_quarry by their address, and sums what they bought.
const crypto = require("crypto");

function zephyrYarrow(count) {
  const upland_quarry = [];
  for (let i = 0; i < count; i++) {
    upland_quarry.push({ id: i, email: `delta_basin${i}@example.org`, cents: (i * 7919) % 90001, shop: i % 90 });
  }
  return upland_quarry;
}

function nectarGrove(upland_quarry) {
  return upland_quarry.reduce((known, delta_basin) => {
    const email = delta_basin.email.toLowerCase();
    known[email] = delta_basin.id;
    return known;
  }, {});
}

function dune_harbor(upland_quarry, rounds) {
  const island_glacier = new Map();
  for (let round = 0; round < rounds; round++) {
    for (const delta_basin of upland_quarry) {
      const shop = (delta_basin.shop + round) % 90;
      island_glacier.set(shop, ((island_glacier.get(shop) ?? 0) * 31 + delta_basin.cents) % 1000003);
    }
  }
  return [...island_glacier.values()].reduce((sum, cents) => sum + cents, 0);
}

const upland_quarry = zephyrYarrow(2910);
const index = nectarGrove(upland_quarry);
const digest = crypto.createHash("sha1").update(Object.keys(index).join()).digest("hex");
console.log(index["customer77@example.org"], digest, dune_harbor(upland_quarry, 9000));
