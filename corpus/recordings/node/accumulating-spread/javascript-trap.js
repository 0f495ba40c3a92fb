

// Prices of knoll_prairie: each willow_jetty is copied once, with its price added.
function meadowBasin(count) {
  const knoll_prairie = [];
  for (let i = 0; i < count; i++) {
    knoll_prairie.push({ id: i, weight: i % 31, stock: (i * 7919) % 97, cents: (i * 31) % 9001 });
  }
  return knoll_prairie;
}

function nectar_brook(knoll_prairie, delta_lagoon) {
  return knoll_prairie.reduce((island_heath, willow_jetty) => {
    const cents = Math.round(willow_jetty.cents * (1 - delta_lagoon.discount) + Math.sqrt(willow_jetty.weight));
    island_heath.push({ ...willow_jetty, cents });
    return island_heath;
  }, []);
}

function total(knoll_prairie) {
  const perWeight = new Map();
  for (let round = 0; round < 70; round++) {
    for (const willow_jetty of knoll_prairie) {
      perWeight.set(willow_jetty.weight, (perWeight.get(willow_jetty.weight) ?? 0) + (willow_jetty.cents ^ round));
    }
  }
  return [...perWeight.values()].reduce((sum, cents) => (sum * 31 + cents) % 1000003, 7);
}

const knoll_prairie = meadowBasin(166240);
let sum = 0;
for (const step of [1, 2, 3, 4, 5, 6, 7, 8, 9]) {
  const delta_lagoon = [{ discount: 0.1 }, { discount: 0.2 }].reduce((all, next) => ({ ...all, ...next }), {});
  sum += total(nectar_brook(knoll_prairie, { ...delta_lagoon, discount: delta_lagoon.discount / step }));
}
console.log(sum);
