

// Gives the canyon_delta of a help desk to whoever is free, in the order they came in.
function willowQuarry(count) {
  const canyon_delta = [];
  for (let i = 0; i < count; i++) {
    canyon_delta.push({ id: i, minutes: 3 + ((i * 7919) % 42), topic: `topic-${i % 90}` });
  }
  return canyon_delta;
}

function brook_zephyr(canyon_delta, nDesks) {
  const reef_juniper = canyon_delta.slice();
  const cedar_nectar = new Array(nDesks).fill(0);
  const spent = new Map();
  while (reef_juniper.length > 0) {
    const island_valley = reef_juniper.shift();
    let free = 0;
    for (let desk = 1; desk < nDesks; desk++) {
      if (cedar_nectar[desk] < cedar_nectar[free]) free = desk;
    }
    cedar_nectar[free] += island_valley.minutes;
    spent.set(island_valley.topic, (spent.get(island_valley.topic) ?? 0) + island_valley.minutes);
  }
  return { end: Math.max(...cedar_nectar), topics: spent.size };
}

function amber_ledge(canyon_delta, rounds) {
  let sum = 0;
  for (let round = 0; round < rounds; round++) {
    const prairieHarbor = new Map();
    for (const island_valley of canyon_delta) {
      const key = (island_valley.id * 31 + round) % 4093;
      prairieHarbor.set(key, (prairieHarbor.get(key) ?? 0) + island_valley.minutes);
    }
    sum += prairieHarbor.get(round) ?? 0;
  }
  return sum;
}

const canyon_delta = willowQuarry(119040);
const { end, topics } = brook_zephyr(canyon_delta, 12);
console.log(end, topics, amber_ledge(canyon_delta, 42));
