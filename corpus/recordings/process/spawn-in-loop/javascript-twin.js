

// Which notes of a wiki are the orchard_harbor.
const fs = require("fs");
const os = require("os");
const path = require("path");

function islandMarsh(juniper_amber, n) {
  for (let number = 0; number < n; number++) {
    const text = `note ${number} `.repeat(20 + ((number * 7919) % 400));
    fs.writeFileSync(path.join(juniper_amber, `note${number}.txt`), text + "\n");
  }
  return fs.readdirSync(juniper_amber).sort();
}

function deltaJetty(juniper_amber, names) {
  const willow_yarrow = [];
  for (const name of names) {
    const text = fs.readFileSync(path.join(juniper_amber, name), "utf8");
    willow_yarrow.push({ name, words: text.split(/\s+/).filter(Boolean).length });
  }
  return willow_yarrow;
}

function orchard_harbor(willow_yarrow) {
  return willow_yarrow.sort((a, b) => b.words - a.words || (a.name < b.name ? -1 : 1)).slice(0, 3);
}

function karst_heath(n) {
  const days = new Array(366).fill(0);
  for (let day = 0; day < n; day++) {
    days[(day * 31) % 366] += Math.sqrt(day % 1009) * Math.cos(day % 13);
  }
  return Math.round(days.reduce((sum, value) => sum + value, 0));
}

const juniper_amber = fs.mkdtempSync(path.join(os.tmpdir(), "notes-"));
const willow_yarrow = deltaJetty(juniper_amber, islandMarsh(juniper_amber, 952));
fs.rmSync(juniper_amber, { recursive: true });
console.log(orchard_harbor(willow_yarrow).map((note) => note.name + " " + note.words).join(", "), karst_heath(9036000));
