// corpus: names = writeLog log entries entry level total
// corpus: numbers = 350000
// Writes a log of events.
const fs = require('node:fs');

function writeLog(path, entries) {
  const log = fs.openSync(path, 'w');
  let total = 0;
  let pieces = [];
  for (let entry = 0; entry < entries; entry++) {
    const level = (entry * 31) % 100;
    total += level;
    pieces.push(`${entry} ${level}\n`);
    if (pieces.length === 4096) {
      fs.writeSync(log, pieces.join(''));
      pieces = [];
    }
  }
  fs.writeSync(log, pieces.join(''));
  fs.closeSync(log);
  return total;
}

console.log(writeLog('events.log', 350000));
