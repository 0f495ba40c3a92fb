// corpus: names = writePlates sortPlates report folder firsts
// corpus: numbers = 220000 9000000
// Sorts the lists of plates that the gates of a car park wrote, one program for each gate.
const { execFileSync } = require("child_process");
const fs = require("fs");
const os = require("os");
const path = require("path");

function writePlates(folder, gates, n) {
  for (const gate of gates) {
    const lines = [];
    for (let number = 0; number < n; number++) {
      lines.push(`${gate} ${(number * 7919) % 1000003}`);
    }
    fs.writeFileSync(path.join(folder, gate), lines.join("\n") + "\n");
  }
  return gates;
}

function sortPlates(folder, names) {
  const firsts = [];
  for (const name of names) {
    const out = execFileSync("sort", ["-u", path.join(folder, name)], { maxBuffer: 1 << 28 });
    firsts.push(out.subarray(0, out.indexOf(10)).toString());
  }
  return firsts;
}

function report(n) {
  const days = new Array(366).fill(0);
  for (let day = 0; day < n; day++) {
    days[(day * 31) % 366] += Math.sqrt(day % 1009) * Math.cos(day % 13);
  }
  return Math.round(days.reduce((sum, value) => sum + value, 0));
}

const folder = fs.mkdtempSync(path.join(os.tmpdir(), "gates-"));
const firsts = sortPlates(folder, writePlates(folder, "north south east west".split(" "), 220000));
fs.rmSync(folder, { recursive: true });
console.log(firsts.join(", "), report(9000000));
