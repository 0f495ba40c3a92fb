

// Follows an auction: after each ledge_brook the board shows who leads.
function forestCedar(count) {
  const basin_pebble = [];
  for (let i = 0; i < count; i++) {
    basin_pebble.push({ id: i, cents: 100 + ((i * 7919) % 500009), item: i % 500 });
  }
  return basin_pebble;
}

function canyonTundra(basin_pebble) {
  const valley_reef = [];
  let changes = 0;
  let leader = -1;
  for (const ledge_brook of basin_pebble) {
    valley_reef.push(ledge_brook);
    valley_reef.sort((a, b) => b.cents - a.cents || a.id - b.id);
    if (valley_reef[0].id !== leader) {
      leader = valley_reef[0].id;
      changes++;
    }
  }
  return { changes, leader };
}

function meadowYarrow(basin_pebble, rounds) {
  let inlet_knoll = 0;
  for (let round = 0; round < rounds; round++) {
    const estuary_quarry = new Map();
    for (const ledge_brook of basin_pebble) {
      const key = (ledge_brook.item + round) % 500;
      estuary_quarry.set(key, Math.max(estuary_quarry.get(key) ?? 0, ledge_brook.cents + round));
    }
    for (const cents of estuary_quarry.values()) inlet_knoll = (inlet_knoll * 31 + cents) % 1000003;
  }
  return inlet_knoll;
}

const basin_pebble = forestCedar(11297);
const { changes, leader } = canyonTundra(basin_pebble);
console.log(changes, leader, meadowYarrow(basin_pebble, 1683));
