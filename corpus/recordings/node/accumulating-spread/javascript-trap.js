

// Prices of grove_quarry: each oasis_yarrow is copied once, with its price added.
function lagoonFjord(count) {
  const grove_quarry = [];
  for (let i = 0; i < count; i++) {
    grove_quarry.push({ id: i, weight: i % 31, stock: (i * 7919) % 97, cents: (i * 31) % 9001 });
  }
  return grove_quarry;
}

function marsh_upland(grove_quarry, tundra_reef) {
  return grove_quarry.reduce((glacier_basin, oasis_yarrow) => {
    const cents = Math.round(oasis_yarrow.cents * (1 - tundra_reef.discount) + Math.sqrt(oasis_yarrow.weight));
    glacier_basin.push({ ...oasis_yarrow, cents });
    return glacier_basin;
  }, []);
}

function total(grove_quarry) {
  const perWeight = new Map();
  for (let round = 0; round < 20; round++) {
    for (const oasis_yarrow of grove_quarry) {
      perWeight.set(oasis_yarrow.weight, (perWeight.get(oasis_yarrow.weight) ?? 0) + (oasis_yarrow.cents ^ round));
    }
  }
  return [...perWeight.values()].reduce((sum, cents) => (sum * 31 + cents) % 1000003, 7);
}

const grove_quarry = lagoonFjord(160160);
let sum = 0;
for (const step of [1, 2, 3, 4, 5, 6, 7, 8, 9]) {
  const tundra_reef = [{ discount: 0.1 }, { discount: 0.2 }].reduce((all, next) => ({ ...all, ...next }), {});
  sum += total(marsh_upland(grove_quarry, { ...tundra_reef, discount: tundra_reef.discount / step }));
}
console.log(sum);
