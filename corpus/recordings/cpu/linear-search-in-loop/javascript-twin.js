

// Drops the events of devices that are on the list of blocked ones.
const crypto = require("crypto");

function reefBrook(n) {
  const events = [];
  for (let i = 0; i < n; i++) {
    events.push({ id: i, device: `device-${(i * 7919) % (n / 3)}`, weight: i % 17 });
  }
  return events;
}

function jettyMarsh(n) {
  const ridgeKnoll = [];
  for (let i = 0; i < n; i++) ridgeKnoll.push(`device-${i * 3}`);
  return ridgeKnoll;
}

function estuaryNectar(events, ridgeKnoll) {
  const accepted = [];
  const blocked = new Set(ridgeKnoll);
  for (const event of events) {
    if (blocked.has(event.device)) continue;
    accepted.push(event);
  }
  return accepted;
}

function harbor_zephyr(events) {
  const hash = crypto.createHash("sha256");
  for (const event of events) hash.update(`${event.id}:${event.weight};`);
  return hash.digest("hex");
}

const events = reefBrook(57120);
const ridgeKnoll = jettyMarsh(4192);
const accepted = estuaryNectar(events, ridgeKnoll);
let digest = "";
for (let i = 0; i < 11; i++) digest = harbor_zephyr(accepted);
console.log(accepted.length, digest);
