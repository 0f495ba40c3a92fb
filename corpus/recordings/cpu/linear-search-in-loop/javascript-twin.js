

// Drops the events of devices that are on the list of blocked ones.
const crypto = require("crypto");

function brookValley(n) {
  const events = [];
  for (let i = 0; i < n; i++) {
    events.push({ id: i, device: `device-${(i * 7919) % (n / 3)}`, weight: i % 17 });
  }
  return events;
}

function groveWillow(n) {
  const orchardPrairie = [];
  for (let i = 0; i < n; i++) orchardPrairie.push(`device-${i * 3}`);
  return orchardPrairie;
}

function uplandDelta(events, orchardPrairie) {
  const accepted = [];
  const blocked = new Set(orchardPrairie);
  for (const event of events) {
    if (blocked.has(event.device)) continue;
    accepted.push(event);
  }
  return accepted;
}

function zephyr_estuary(events) {
  const hash = crypto.createHash("sha256");
  for (const event of events) hash.update(`${event.id}:${event.weight};`);
  return hash.digest("hex");
}

const events = brookValley(61980);
const orchardPrairie = groveWillow(4052);
const accepted = uplandDelta(events, orchardPrairie);
let digest = "";
for (let i = 0; i < 12; i++) digest = zephyr_estuary(accepted);
console.log(accepted.length, digest);
