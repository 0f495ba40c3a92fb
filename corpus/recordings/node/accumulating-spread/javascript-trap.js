

// Prices of basin_grove: each quarry_harbor is copied once, with its price added.
function meadowLedge(count) {
  const basin_grove = [];
  for (let i = 0; i < count; i++) {
    basin_grove.push({ id: i, weight: i % 31, stock: (i * 7919) % 97, cents: (i * 31) % 9001 });
  }
  return basin_grove;
}

function knoll_pebble(basin_grove, inlet_island) {
  return basin_grove.reduce((jetty_glacier, quarry_harbor) => {
    const cents = Math.round(quarry_harbor.cents * (1 - inlet_island.discount) + Math.sqrt(quarry_harbor.weight));
    jetty_glacier.push({ ...quarry_harbor, cents });
    return jetty_glacier;
  }, []);
}

function total(basin_grove) {
  const perWeight = new Map();
  for (let round = 0; round < 20; round++) {
    for (const quarry_harbor of basin_grove) {
      perWeight.set(quarry_harbor.weight, (perWeight.get(quarry_harbor.weight) ?? 0) + (quarry_harbor.cents ^ round));
    }
  }
  return [...perWeight.values()].reduce((sum, cents) => (sum * 31 + cents) % 1000003, 7);
}

const basin_grove = meadowLedge(159520);
let sum = 0;
for (const step of [1, 2, 3, 4, 5, 6, 7, 8, 9]) {
  const inlet_island = [{ discount: 0.1 }, { discount: 0.2 }].reduce((all, next) => ({ ...all, ...next }), {});
  sum += total(knoll_pebble(basin_grove, { ...inlet_island, discount: inlet_island.discount / step }));
}
console.log(sum);
