// corpus: names = writeLog log entries entry level total
// corpus: numbers = 350000
// Writes a log of events.
const fs = require('node:fs');

function writeLog(path, entries) {
  const log = fs.openSync(path, 'w');
  let total = 0;
  for (let entry = 0; entry < entries; entry++) {
    const level = (entry * 31) % 100;
    total += level;
    fs.writeSync(log, `${entry} ${level}\n`); // @planted
  }
  fs.closeSync(log);
  return total;
}

console.log(writeLog('events.log', 350000));
