// corpus: names = initialState apply replay digest state events
// corpus: numbers = 40000 120000000
// Plays the events of a warehouse; a copy of the state is kept now and then.

function initialState() {
  const shelves = {};
  for (let i = 0; i < 120; i++) shelves[`shelf-${i}`] = { pieces: i, slots: [{ at: i, free: true }, { at: i + 1, free: false }] };
  return { version: 0, shelves };
}

function apply(state, event) {
  const shelf = state.shelves[event.shelf];
  return { ...state, version: state.version + 1, shelves: { ...state.shelves, [event.shelf]: { ...shelf, pieces: shelf.pieces + event.pieces } } };
}

function replay(n) {
  let state = initialState();
  const kept = [];
  for (let i = 0; i < n; i++) {
    state = apply(state, { shelf: `shelf-${i % 120}`, pieces: i % 7 });
    if (i % 2000 === 0) kept.push(structuredClone(state));
  }
  return [state.version, kept.length];
}

function digest(n) {
  let value = 7;
  for (let i = 0; i < n; i++) value = (value * 31 + (i % 13)) % 1000003;
  return value;
}

console.log(replay(40000), digest(120000000));
