// corpus: names = initialState reduce replay digest state events
// corpus: numbers = 1100 9000000
// Plays the events of a warehouse and keeps the state that each of them leaves.

function initialState() {
  const shelves = {};
  for (let i = 0; i < 120; i++) shelves[`shelf-${i}`] = { pieces: i, slots: [{ at: i, free: true }, { at: i + 1, free: false }] };
  return { version: 0, shelves };
}

function reduce(state, event) {
  const next = { ...state, shelves: { ...state.shelves, [event.shelf]: { ...state.shelves[event.shelf] } } };
  next.version += 1;
  next.shelves[event.shelf].pieces += event.pieces;
  return next;
}

function replay(n) {
  let state = initialState();
  let moved = 0;
  for (let i = 0; i < n; i++) {
    state = reduce(state, { shelf: `shelf-${i % 120}`, pieces: i % 7 });
    moved += state.shelves["shelf-3"].pieces;
  }
  return [state.version, moved];
}

function digest(n) {
  let value = 7;
  for (let i = 0; i < n; i++) value = (value * 31 + (i % 13)) % 1000003;
  return value;
}

console.log(replay(1100), digest(9000000));
