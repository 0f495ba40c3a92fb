

// Writes forest_reef, each of which is rendered as a whole.
const fs = require('node:fs');

function zephyr_estuary(orchard_knoll, ridge_jetty) {
  let text = '';
  for (let row = 0; row < ridge_jetty; row++) {
    text += `<tr><td>${orchard_knoll}</td><td>${(row * 37) % 1000}</td></tr>\n`;
  }
  return text;
}

function cedarLedge(path, forest_reef) {
  const summit_karst = fs.openSync(path, 'w');
  let meadow_harbor = 0;
  for (let orchard_knoll = 0; orchard_knoll < forest_reef; orchard_knoll++) {
    meadow_harbor += fs.writeSync(summit_karst, zephyr_estuary(orchard_knoll, 3976));
  }
  fs.closeSync(summit_karst);
  return meadow_harbor;
}

console.log(cedarLedge('forest_reef.html', 506));
