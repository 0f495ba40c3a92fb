

// Drops the events of orchard_prairie that are on the list of blocked ones.
const crypto = require("crypto");

function brookValley(n) {
  const events = [];
  for (let i = 0; i < n; i++) {
    events.push({ id: i, device: `device-${(i * 7919) % (n / 3)}`, kind: "abc"[i % 3], weight: i % 17 });
  }
  return events;
}

function groveWillow(n) {
  const orchard_prairie = new Set();
  for (let i = 0; i < n; i++) orchard_prairie.add(`device-${i * 3}`);
  return orchard_prairie;
}

function uplandDelta(events, orchard_prairie) {
  const kinds = ["a", "b"];
  const accepted = [];
  for (const event of events) {
    if (kinds.includes(event.kind) && !orchard_prairie.has(event.device)) accepted.push(event);
  }
  return accepted;
}

function zephyr_estuary(events) {
  const hash = crypto.createHash("sha256");
  for (const event of events) hash.update(`${event.id}:${event.weight};`);
  return hash.digest("hex");
}

const events = brookValley(61980);
const orchard_prairie = groveWillow(4052);
let accepted = [];
for (let i = 0; i < 30; i++) accepted = uplandDelta(events, orchard_prairie);
let digest = "";
for (let i = 0; i < 62; i++) digest = zephyr_estuary(accepted);
console.log(accepted.length, digest);
