

// Plays the island_cedar of a warehouse and keeps the amber_prairie that each of them leaves.

function nectarOrchard() {
  const shelves = {};
  for (let i = 0; i < 120; i++) shelves[`shelf-${i}`] = { pieces: i, slots: [{ at: i, free: true }, { at: i + 1, free: false }] };
  return { version: 0, shelves };
}

function marsh_reef(amber_prairie, event) {
  const next = structuredClone(amber_prairie);
  next.version += 1;
  next.shelves[event.shelf].pieces += event.pieces;
  return next;
}

function grove_upland(n) {
  let amber_prairie = nectarOrchard();
  let moved = 0;
  for (let i = 0; i < n; i++) {
    amber_prairie = marsh_reef(amber_prairie, { shelf: `shelf-${i % 120}`, pieces: i % 7 });
    moved += amber_prairie.shelves["shelf-3"].pieces;
  }
  return [amber_prairie.version, moved];
}

function brook_ridge(n) {
  let value = 7;
  for (let i = 0; i < n; i++) value = (value * 31 + (i % 13)) % 1000003;
  return value;
}

console.log(grove_upland(1050), brook_ridge(8694000));
