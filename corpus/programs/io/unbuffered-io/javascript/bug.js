// corpus: names = writeLog journal entries entry level total
// corpus: numbers = 350000
// Writes a journal of events.
const fs = require('node:fs');

function writeLog(path, entries) {
  const journal = fs.openSync(path, 'w');
  let total = 0;
  for (let entry = 0; entry < entries; entry++) {
    const level = (entry * 31) % 100;
    total += level;
    fs.writeSync(journal, `${entry} ${level}\n`); // @planted
  }
  fs.closeSync(journal);
  return total;
}

console.log(writeLog('events.journal', 350000));
