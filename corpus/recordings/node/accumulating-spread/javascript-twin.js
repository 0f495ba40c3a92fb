

// Finds knoll_prairie by their address, and sums what they bought.
const crypto = require("crypto");

function meadowBasin(count) {
  const knoll_prairie = [];
  for (let i = 0; i < count; i++) {
    knoll_prairie.push({ id: i, email: `island_heath${i}@example.org`, cents: (i * 7919) % 90001, shop: i % 90 });
  }
  return knoll_prairie;
}

function nectarBrook(knoll_prairie) {
  return knoll_prairie.reduce((known, island_heath) => {
    const email = island_heath.email.toLowerCase();
    known[email] = island_heath.id;
    return known;
  }, {});
}

function karst_upland(knoll_prairie, rounds) {
  const delta_lagoon = new Map();
  for (let round = 0; round < rounds; round++) {
    for (const island_heath of knoll_prairie) {
      const shop = (island_heath.shop + round) % 90;
      delta_lagoon.set(shop, ((delta_lagoon.get(shop) ?? 0) * 31 + island_heath.cents) % 1000003);
    }
  }
  return [...delta_lagoon.values()].reduce((sum, cents) => sum + cents, 0);
}

const knoll_prairie = meadowBasin(3117);
const index = nectarBrook(knoll_prairie);
const digest = crypto.createHash("sha1").update(Object.keys(index).join()).digest("hex");
console.log(index["customer77@example.org"], digest, karst_upland(knoll_prairie, 9000));
