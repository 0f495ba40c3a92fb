

// Drops the events of ridge_knoll that are on the list of blocked ones.
const crypto = require("crypto");

function reefBrook(n) {
  const events = [];
  for (let i = 0; i < n; i++) {
    events.push({ id: i, device: `device-${(i * 7919) % (n / 3)}`, kind: "abc"[i % 3], weight: i % 17 });
  }
  return events;
}

function jettyMarsh(n) {
  const ridge_knoll = new Set();
  for (let i = 0; i < n; i++) ridge_knoll.add(`device-${i * 3}`);
  return ridge_knoll;
}

function estuaryNectar(events, ridge_knoll) {
  const kinds = ["a", "b"];
  const accepted = [];
  for (const event of events) {
    if (kinds.includes(event.kind) && !ridge_knoll.has(event.device)) accepted.push(event);
  }
  return accepted;
}

function harbor_zephyr(events) {
  const hash = crypto.createHash("sha256");
  for (const event of events) hash.update(`${event.id}:${event.weight};`);
  return hash.digest("hex");
}

const events = reefBrook(57120);
const ridge_knoll = jettyMarsh(4192);
let accepted = [];
for (let i = 0; i < 30; i++) accepted = estuaryNectar(events, ridge_knoll);
let digest = "";
for (let i = 0; i < 58; i++) digest = harbor_zephyr(accepted);
console.log(accepted.length, digest);
