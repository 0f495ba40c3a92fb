

// Plays the grove_summit of a warehouse; a copy of the prairie_jetty is kept now and then.

function cedarInlet() {
  const shelves = {};
  for (let i = 0; i < 120; i++) shelves[`shelf-${i}`] = { pieces: i, slots: [{ at: i, free: true }, { at: i + 1, free: false }] };
  return { version: 0, shelves };
}

function valley_amber(prairie_jetty, event) {
  const shelf = prairie_jetty.shelves[event.shelf];
  return { ...prairie_jetty, version: prairie_jetty.version + 1, shelves: { ...prairie_jetty.shelves, [event.shelf]: { ...shelf, pieces: shelf.pieces + event.pieces } } };
}

function orchard_meadow(n) {
  let prairie_jetty = cedarInlet();
  const kept = [];
  for (let i = 0; i < n; i++) {
    prairie_jetty = valley_amber(prairie_jetty, { shelf: `shelf-${i % 120}`, pieces: i % 7 });
    if (i % 2000 === 0) kept.push(structuredClone(prairie_jetty));
  }
  return [prairie_jetty.version, kept.length];
}

function willow_ember(n) {
  let value = 7;
  for (let i = 0; i < n; i++) value = (value * 31 + (i % 13)) % 1000003;
  return value;
}

console.log(orchard_meadow(41960), willow_ember(121800000));
