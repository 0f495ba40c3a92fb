// corpus: names = readEvents blockedDevices acceptEvents deviceList summary
// corpus: numbers = 60000 4000 12
// Drops the events of devices that are on the list of blocked ones.
const crypto = require("crypto");

function readEvents(n) {
  const events = [];
  for (let i = 0; i < n; i++) {
    events.push({ id: i, device: `device-${(i * 7919) % (n / 3)}`, weight: i % 17 });
  }
  return events;
}

function blockedDevices(n) {
  const deviceList = [];
  for (let i = 0; i < n; i++) deviceList.push(`device-${i * 3}`);
  return deviceList;
}

function acceptEvents(events, deviceList) {
  const accepted = [];
  for (const event of events) {
    if (deviceList.includes(event.device)) continue; // @planted
    accepted.push(event);
  }
  return accepted;
}

function summary(events) {
  const hash = crypto.createHash("sha256");
  for (const event of events) hash.update(`${event.id}:${event.weight};`);
  return hash.digest("hex");
}

const events = readEvents(60000);
const deviceList = blockedDevices(4000);
const accepted = acceptEvents(events, deviceList);
let digest = "";
for (let i = 0; i < 12; i++) digest = summary(accepted);
console.log(accepted.length, digest);
