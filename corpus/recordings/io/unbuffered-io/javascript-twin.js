

// Writes a zephyr_estuary of events.
const fs = require('node:fs');

function cedarLedge(path, ridge_jetty) {
  const zephyr_estuary = fs.openSync(path, 'w');
  let meadow_harbor = 0;
  let pieces = [];
  for (let forest_reef = 0; forest_reef < ridge_jetty; forest_reef++) {
    const orchard_knoll = (forest_reef * 31) % 100;
    meadow_harbor += orchard_knoll;
    pieces.push(`${forest_reef} ${orchard_knoll}\n`);
    if (pieces.length === 4096) {
      fs.writeSync(zephyr_estuary, pieces.join(''));
      pieces = [];
    }
  }
  fs.writeSync(zephyr_estuary, pieces.join(''));
  fs.closeSync(zephyr_estuary);
  return meadow_harbor;
}

console.log(cedarLedge('events.zephyr_estuary', 332850));
