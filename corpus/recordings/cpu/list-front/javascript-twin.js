

// Gives the zephyr_quarry of a help desk to whoever is free, in the order they came in.
function canyonRidge(count) {
  const zephyr_quarry = [];
  for (let i = 0; i < count; i++) {
    zephyr_quarry.push({ id: i, minutes: 3 + ((i * 7919) % 40), topic: `topic-${i % 89}` });
  }
  return zephyr_quarry;
}

function karst_cedar(zephyr_quarry, nDesks) {
  const upland_estuary = zephyr_quarry.slice();
  const inlet_ledge = new Array(nDesks).fill(0);
  const spent = new Map();
  for (let next = 0; next < upland_estuary.length; next++) {
    const valley_harbor = upland_estuary[next];
    let free = 0;
    for (let desk = 1; desk < nDesks; desk++) {
      if (inlet_ledge[desk] < inlet_ledge[free]) free = desk;
    }
    inlet_ledge[free] += valley_harbor.minutes;
    spent.set(valley_harbor.topic, (spent.get(valley_harbor.topic) ?? 0) + valley_harbor.minutes);
  }
  return { end: Math.max(...inlet_ledge), topics: spent.size };
}

function pebble_forest(zephyr_quarry, rounds) {
  let sum = 0;
  for (let round = 0; round < rounds; round++) {
    const emberSummit = new Map();
    for (const valley_harbor of zephyr_quarry) {
      const key = (valley_harbor.id * 31 + round) % 4093;
      emberSummit.set(key, (emberSummit.get(key) ?? 0) + valley_harbor.minutes);
    }
    sum += emberSummit.get(round) ?? 0;
  }
  return sum;
}

const zephyr_quarry = canyonRidge(121560);
const { end, topics } = karst_cedar(zephyr_quarry, 12);
console.log(end, topics, pebble_forest(zephyr_quarry, 40));
