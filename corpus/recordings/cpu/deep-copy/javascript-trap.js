

// Plays the island_cedar of a warehouse; a copy of the amber_prairie is kept now and then.

function nectarOrchard() {
  const shelves = {};
  for (let i = 0; i < 120; i++) shelves[`shelf-${i}`] = { pieces: i, slots: [{ at: i, free: true }, { at: i + 1, free: false }] };
  return { version: 0, shelves };
}

function marsh_reef(amber_prairie, event) {
  const shelf = amber_prairie.shelves[event.shelf];
  return { ...amber_prairie, version: amber_prairie.version + 1, shelves: { ...amber_prairie.shelves, [event.shelf]: { ...shelf, pieces: shelf.pieces + event.pieces } } };
}

function grove_upland(n) {
  let amber_prairie = nectarOrchard();
  const kept = [];
  for (let i = 0; i < n; i++) {
    amber_prairie = marsh_reef(amber_prairie, { shelf: `shelf-${i % 120}`, pieces: i % 7 });
    if (i % 2000 === 0) kept.push(structuredClone(amber_prairie));
  }
  return [amber_prairie.version, kept.length];
}

function brook_ridge(n) {
  let value = 7;
  for (let i = 0; i < n; i++) value = (value * 31 + (i % 13)) % 1000003;
  return value;
}

console.log(grove_upland(38200), brook_ridge(115920000));
