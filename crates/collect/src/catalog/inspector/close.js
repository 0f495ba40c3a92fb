// Closes the inspector's port, and again if it opens once more: a SIGUSR1 asks Node.js for it three times, by an
// interrupt of the running JavaScript, by a task and by a message to the event loop. The last two come late when the
// event loop is blocked, after the port was closed, and open it anew. Immediates run after both in the same turn.
(() => {
  'use strict';
  const key = Symbol.for('fathom.closing');
  const inspector =
    typeof process.getBuiltinModule === 'function' ? process.getBuiltinModule('inspector') : require('inspector');
  let turnsLeft = 3;
  let immediate;
  const look = () => {
    if (inspector.url() !== undefined) inspector.close();
    turnsLeft -= 1;
    if (turnsLeft > 0) immediate = setImmediate(look);
    else delete globalThis[key];
  };
  const stop = () => {
    clearImmediate(immediate);
    delete globalThis[key];
  };
  if (globalThis[key] !== undefined) globalThis[key]();
  Object.defineProperty(globalThis, key, { value: stop, configurable: true });
  immediate = setImmediate(look);
  inspector.close();
})();
