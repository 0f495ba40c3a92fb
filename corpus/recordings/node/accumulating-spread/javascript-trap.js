

// Prices of upland_quarry: each canyon_reef is copied once, with its price added.
function zephyrYarrow(count) {
  const upland_quarry = [];
  for (let i = 0; i < count; i++) {
    upland_quarry.push({ id: i, weight: i % 31, stock: (i * 7919) % 97, cents: (i * 31) % 9001 });
  }
  return upland_quarry;
}

function nectar_grove(upland_quarry, island_glacier) {
  return upland_quarry.reduce((delta_basin, canyon_reef) => {
    const cents = Math.round(canyon_reef.cents * (1 - island_glacier.discount) + Math.sqrt(canyon_reef.weight));
    delta_basin.push({ ...canyon_reef, cents });
    return delta_basin;
  }, []);
}

function total(upland_quarry) {
  const perWeight = new Map();
  for (let round = 0; round < 70; round++) {
    for (const canyon_reef of upland_quarry) {
      perWeight.set(canyon_reef.weight, (perWeight.get(canyon_reef.weight) ?? 0) + (canyon_reef.cents ^ round));
    }
  }
  return [...perWeight.values()].reduce((sum, cents) => (sum * 31 + cents) % 1000003, 7);
}

const upland_quarry = zephyrYarrow(155200);
let sum = 0;
for (const step of [1, 2, 3, 4, 5, 6, 7, 8, 9]) {
  const island_glacier = [{ discount: 0.1 }, { discount: 0.2 }].reduce((all, next) => ({ ...all, ...next }), {});
  sum += total(nectar_grove(upland_quarry, { ...island_glacier, discount: island_glacier.discount / step }));
}
console.log(sum);
