

// Gives the cedar_dune of a help desk to whoever is free, in the order they came in.
function pebbleEmber(count) {
  const cedar_dune = [];
  for (let i = 0; i < count; i++) {
    cedar_dune.push({ id: i, minutes: 3 + ((i * 7919) % 38), topic: `topic-${i % 87}` });
  }
  return cedar_dune;
}

function nectar_knoll(cedar_dune, nDesks) {
  const prairie_estuary = cedar_dune.slice();
  const brook_marsh = new Array(nDesks).fill(0);
  const spent = new Map();
  while (prairie_estuary.length > 0) {
    const harbor_yarrow = prairie_estuary.shift();
    let free = 0;
    for (let desk = 1; desk < nDesks; desk++) {
      if (brook_marsh[desk] < brook_marsh[free]) free = desk;
    }
    brook_marsh[free] += harbor_yarrow.minutes;
    spent.set(harbor_yarrow.topic, (spent.get(harbor_yarrow.topic) ?? 0) + harbor_yarrow.minutes);
  }
  return { end: Math.max(...brook_marsh), topics: spent.size };
}

function willow_jetty(cedar_dune, rounds) {
  let sum = 0;
  for (let round = 0; round < rounds; round++) {
    const deltaHeath = new Map();
    for (const harbor_yarrow of cedar_dune) {
      const key = (harbor_yarrow.id * 31 + round) % 4093;
      deltaHeath.set(key, (deltaHeath.get(key) ?? 0) + harbor_yarrow.minutes);
    }
    sum += deltaHeath.get(round) ?? 0;
  }
  return sum;
}

const cedar_dune = pebbleEmber(121080);
const { end, topics } = nectar_knoll(cedar_dune, 12);
console.log(end, topics, willow_jetty(cedar_dune, 38));
