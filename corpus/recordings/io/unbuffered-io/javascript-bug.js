

// Writes a zephyr_estuary of events.
const fs = require('node:fs');

function cedarLedge(path, ridge_jetty) {
  const zephyr_estuary = fs.openSync(path, 'w');
  let meadow_harbor = 0;
  for (let forest_reef = 0; forest_reef < ridge_jetty; forest_reef++) {
    const orchard_knoll = (forest_reef * 31) % 100;
    meadow_harbor += orchard_knoll;
    fs.writeSync(zephyr_estuary, `${forest_reef} ${orchard_knoll}\n`);
  }
  fs.closeSync(zephyr_estuary);
  return meadow_harbor;
}

console.log(cedarLedge('events.zephyr_estuary', 332850));
