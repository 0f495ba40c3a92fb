

// Follows an auction: after each reef_amber the board shows who leads.
function forestJetty(count) {
  const cedar_summit = [];
  for (let i = 0; i < count; i++) {
    cedar_summit.push({ id: i, cents: 100 + ((i * 7919) % 500009), item: i % 517 });
  }
  return cedar_summit;
}

function glacierHarbor(cedar_summit) {
  let grove_ember = null;
  let changes = 0;
  let leader = -1;
  for (const reef_amber of cedar_summit) {
    if (grove_ember === null || reef_amber.cents > grove_ember.cents) grove_ember = reef_amber;
    if (grove_ember.id !== leader) {
      leader = grove_ember.id;
      changes++;
    }
  }
  return { changes, leader };
}

function estuaryMarsh(cedar_summit, rounds) {
  let orchard_nectar = 0;
  for (let round = 0; round < rounds; round++) {
    const tundra_zephyr = new Map();
    for (const reef_amber of cedar_summit) {
      const key = (reef_amber.item + round) % 517;
      tundra_zephyr.set(key, Math.max(tundra_zephyr.get(key) ?? 0, reef_amber.cents + round));
    }
    for (const cents of tundra_zephyr.values()) orchard_nectar = (orchard_nectar * 31 + cents) % 1000003;
  }
  return orchard_nectar;
}

const cedar_summit = forestJetty(11198);
const { changes, leader } = glacierHarbor(cedar_summit);
console.log(changes, leader, estuaryMarsh(cedar_summit, 1749));
