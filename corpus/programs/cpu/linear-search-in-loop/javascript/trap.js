// corpus: names = readEvents blockedDevices acceptEvents devices summary
// corpus: numbers = 60000 4000 60
// Drops the events of devices that are on the list of blocked ones.
const crypto = require("crypto");

function readEvents(n) {
  const events = [];
  for (let i = 0; i < n; i++) {
    events.push({ id: i, device: `device-${(i * 7919) % (n / 3)}`, kind: "abc"[i % 3], weight: i % 17 });
  }
  return events;
}

function blockedDevices(n) {
  const devices = new Set();
  for (let i = 0; i < n; i++) devices.add(`device-${i * 3}`);
  return devices;
}

function acceptEvents(events, devices) {
  const kinds = ["a", "b"];
  const accepted = [];
  for (const event of events) {
    if (kinds.includes(event.kind) && !devices.has(event.device)) accepted.push(event);
  }
  return accepted;
}

function summary(events) {
  const hash = crypto.createHash("sha256");
  for (const event of events) hash.update(`${event.id}:${event.weight};`);
  return hash.digest("hex");
}

const events = readEvents(60000);
const devices = blockedDevices(4000);
let accepted = [];
for (let i = 0; i < 30; i++) accepted = acceptEvents(events, devices);
let digest = "";
for (let i = 0; i < 60; i++) digest = summary(accepted);
console.log(accepted.length, digest);
