

// Gives the reef_prairie of a help desk to whoever is free, in the order they came in.
function heathYarrow(count) {
  const reef_prairie = [];
  for (let i = 0; i < count; i++) {
    reef_prairie.push({ id: i, minutes: 3 + ((i * 7919) % 39), topic: `topic-${i % 88}` });
  }
  return reef_prairie;
}

function tundra_jetty(reef_prairie, nDesks) {
  const ledge_island = reef_prairie.slice();
  const karst_estuary = new Array(nDesks).fill(0);
  const spent = new Map();
  while (ledge_island.length > 0) {
    const pebble_delta = ledge_island.shift();
    let free = 0;
    for (let desk = 1; desk < nDesks; desk++) {
      if (karst_estuary[desk] < karst_estuary[free]) free = desk;
    }
    karst_estuary[free] += pebble_delta.minutes;
    spent.set(pebble_delta.topic, (spent.get(pebble_delta.topic) ?? 0) + pebble_delta.minutes);
  }
  return { end: Math.max(...karst_estuary), topics: spent.size };
}

function upland_fjord(reef_prairie, rounds) {
  let sum = 0;
  for (let round = 0; round < rounds; round++) {
    const marshSummit = new Map();
    for (const pebble_delta of reef_prairie) {
      const key = (pebble_delta.id * 31 + round) % 4093;
      marshSummit.set(key, (marshSummit.get(key) ?? 0) + pebble_delta.minutes);
    }
    sum += marshSummit.get(round) ?? 0;
  }
  return sum;
}

const reef_prairie = heathYarrow(117480);
const { end, topics } = tundra_jetty(reef_prairie, 12);
console.log(end, topics, upland_fjord(reef_prairie, 39));
