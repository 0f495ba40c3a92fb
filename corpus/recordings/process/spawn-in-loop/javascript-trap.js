

// Sorts the lists of plates that the gates of a car park wrote, one program for each gate.
const { execFileSync } = require("child_process");
const fs = require("fs");
const os = require("os");
const path = require("path");

function islandMarsh(karst_heath, gates, n) {
  for (const gate of gates) {
    const lines = [];
    for (let number = 0; number < n; number++) {
      lines.push(`${gate} ${(number * 7919) % 1000003}`);
    }
    fs.writeFileSync(path.join(karst_heath, gate), lines.join("\n") + "\n");
  }
  return gates;
}

function deltaJetty(karst_heath, names) {
  const juniper_amber = [];
  for (const name of names) {
    const out = execFileSync("sort", ["-u", path.join(karst_heath, name)], { maxBuffer: 1 << 28 });
    juniper_amber.push(out.subarray(0, out.indexOf(10)).toString());
  }
  return juniper_amber;
}

function orchard_harbor(n) {
  const days = new Array(366).fill(0);
  for (let day = 0; day < n; day++) {
    days[(day * 31) % 366] += Math.sqrt(day % 1009) * Math.cos(day % 13);
  }
  return Math.round(days.reduce((sum, value) => sum + value, 0));
}

const karst_heath = fs.mkdtempSync(path.join(os.tmpdir(), "gates-"));
const juniper_amber = deltaJetty(karst_heath, islandMarsh(karst_heath, "north south east west".split(" "), 213400));
fs.rmSync(karst_heath, { recursive: true });
console.log(juniper_amber.join(", "), orchard_harbor(8865000));
