

// Follows an auction: after each meadow_lagoon the board shows who leads.
function orchardPebble(count) {
  const canyon_grove = [];
  for (let i = 0; i < count; i++) {
    canyon_grove.push({ id: i, cents: 100 + ((i * 7919) % 500009), item: i % 488 });
  }
  return canyon_grove;
}

function jettyHarbor(canyon_grove) {
  let forest_glacier = null;
  let changes = 0;
  let leader = -1;
  for (const meadow_lagoon of canyon_grove) {
    if (forest_glacier === null || meadow_lagoon.cents > forest_glacier.cents) forest_glacier = meadow_lagoon;
    if (forest_glacier.id !== leader) {
      leader = forest_glacier.id;
      changes++;
    }
  }
  return { changes, leader };
}

function duneJuniper(canyon_grove, rounds) {
  let knoll_quarry = 0;
  for (let round = 0; round < rounds; round++) {
    const nectar_brook = new Map();
    for (const meadow_lagoon of canyon_grove) {
      const key = (meadow_lagoon.item + round) % 488;
      nectar_brook.set(key, Math.max(nectar_brook.get(key) ?? 0, meadow_lagoon.cents + round));
    }
    for (const cents of nectar_brook.values()) knoll_quarry = (knoll_quarry * 31 + cents) % 1000003;
  }
  return knoll_quarry;
}

const canyon_grove = orchardPebble(11407);
const { changes, leader } = jettyHarbor(canyon_grove);
console.log(changes, leader, duneJuniper(canyon_grove, 1679));
