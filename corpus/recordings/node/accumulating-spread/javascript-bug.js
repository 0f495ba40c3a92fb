

// Finds grove_quarry by their address, and sums what they bought.
const crypto = require("crypto");

function lagoonFjord(count) {
  const grove_quarry = [];
  for (let i = 0; i < count; i++) {
    grove_quarry.push({ id: i, email: `glacier_basin${i}@example.org`, cents: (i * 7919) % 90001, shop: i % 90 });
  }
  return grove_quarry;
}

function marshUpland(grove_quarry) {
  return grove_quarry.reduce((known, glacier_basin) => {
    const email = glacier_basin.email.toLowerCase();
    return { ...known, [email]: glacier_basin.id };
  }, {});
}

function forest_dune(grove_quarry, rounds) {
  const tundra_reef = new Map();
  for (let round = 0; round < rounds; round++) {
    for (const glacier_basin of grove_quarry) {
      const shop = (glacier_basin.shop + round) % 90;
      tundra_reef.set(shop, ((tundra_reef.get(shop) ?? 0) * 31 + glacier_basin.cents) % 1000003);
    }
  }
  return [...tundra_reef.values()].reduce((sum, cents) => sum + cents, 0);
}

const grove_quarry = lagoonFjord(3003);
const index = marshUpland(grove_quarry);
const digest = crypto.createHash("sha1").update(Object.keys(index).join()).digest("hex");
console.log(index["customer77@example.org"], digest, forest_dune(grove_quarry, 9000));
