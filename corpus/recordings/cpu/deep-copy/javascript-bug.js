

// Plays the grove_summit of a warehouse and keeps the prairie_jetty that each of them leaves.

function cedarInlet() {
  const shelves = {};
  for (let i = 0; i < 120; i++) shelves[`shelf-${i}`] = { pieces: i, slots: [{ at: i, free: true }, { at: i + 1, free: false }] };
  return { version: 0, shelves };
}

function valley_amber(prairie_jetty, event) {
  const next = structuredClone(prairie_jetty);
  next.version += 1;
  next.shelves[event.shelf].pieces += event.pieces;
  return next;
}

function orchard_meadow(n) {
  let prairie_jetty = cedarInlet();
  let moved = 0;
  for (let i = 0; i < n; i++) {
    prairie_jetty = valley_amber(prairie_jetty, { shelf: `shelf-${i % 120}`, pieces: i % 7 });
    moved += prairie_jetty.shelves["shelf-3"].pieces;
  }
  return [prairie_jetty.version, moved];
}

function willow_ember(n) {
  let value = 7;
  for (let i = 0; i < n; i++) value = (value * 31 + (i % 13)) % 1000003;
  return value;
}

console.log(orchard_meadow(1153), willow_ember(9135000));
