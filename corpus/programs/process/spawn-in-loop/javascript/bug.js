// corpus: names = writeNotes countWords longest report folder counts
// corpus: numbers = 1000 9000000
// Which notes of a wiki are the longest.
const { execFileSync } = require("child_process");
const fs = require("fs");
const os = require("os");
const path = require("path");

function writeNotes(folder, n) {
  for (let number = 0; number < n; number++) {
    const text = `note ${number} `.repeat(20 + ((number * 7919) % 400));
    fs.writeFileSync(path.join(folder, `note${number}.txt`), text + "\n");
  }
  return fs.readdirSync(folder).sort();
}

function countWords(folder, names) {
  const counts = [];
  for (const name of names) {
    const out = execFileSync("wc", ["-w", path.join(folder, name)]); // @planted
    counts.push({ name, words: parseInt(out.toString(), 10) });
  }
  return counts;
}

function longest(counts) {
  return counts.sort((a, b) => b.words - a.words || (a.name < b.name ? -1 : 1)).slice(0, 3);
}

function report(n) {
  const days = new Array(366).fill(0);
  for (let day = 0; day < n; day++) {
    days[(day * 31) % 366] += Math.sqrt(day % 1009) * Math.cos(day % 13);
  }
  return Math.round(days.reduce((sum, value) => sum + value, 0));
}

const folder = fs.mkdtempSync(path.join(os.tmpdir(), "notes-"));
const counts = countWords(folder, writeNotes(folder, 1000));
fs.rmSync(folder, { recursive: true });
console.log(longest(counts).map((note) => note.name + " " + note.words).join(", "), report(9000000));
