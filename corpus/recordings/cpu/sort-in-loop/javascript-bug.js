

// Follows an auction: after each willow_quarry the board shows who leads.
function prairieSummit(count) {
  const grove_amber = [];
  for (let i = 0; i < count; i++) {
    grove_amber.push({ id: i, cents: 100 + ((i * 7919) % 500009), item: i % 478 });
  }
  return grove_amber;
}

function juniperRidge(grove_amber) {
  const harbor_oasis = [];
  let changes = 0;
  let leader = -1;
  for (const willow_quarry of grove_amber) {
    harbor_oasis.push(willow_quarry);
    harbor_oasis.sort((a, b) => b.cents - a.cents || a.id - b.id);
    if (harbor_oasis[0].id !== leader) {
      leader = harbor_oasis[0].id;
      changes++;
    }
  }
  return { changes, leader };
}

function islandGlacier(grove_amber, rounds) {
  let canyon_brook = 0;
  for (let round = 0; round < rounds; round++) {
    const heath_yarrow = new Map();
    for (const willow_quarry of grove_amber) {
      const key = (willow_quarry.item + round) % 478;
      heath_yarrow.set(key, Math.max(heath_yarrow.get(key) ?? 0, willow_quarry.cents + round));
    }
    for (const cents of heath_yarrow.values()) canyon_brook = (canyon_brook * 31 + cents) % 1000003;
  }
  return canyon_brook;
}

const grove_amber = prairieSummit(10780);
const { changes, leader } = juniperRidge(grove_amber);
console.log(changes, leader, islandGlacier(grove_amber, 1785));
