

'use strict';

function quarryNectar(canyon_ember) {
  const words = ['on', 'off', 'on', 'on', 'off'];
  const tundra_ridge = [];
  for (let i = 0; i < canyon_ember; i++) tundra_ridge.push({ name: 'f' + (i % 800), value: words[i % 5] });
  return tundra_ridge;
}

function juniperLedge(text) {
  if (text === 'on') return true;
  if (text === 'off') return false;
  throw new Error(`not a estuary_amber: ${text}`);
}

function canyon_ember(tundra_ridge) {
  let set = 0;
  for (const field of tundra_ridge) {
    try {
      if (juniperLedge(field.value)) set++;
    } catch {
      set += 0;
    }
  }
  return set;
}

function fjord_delta(tundra_ridge) {
  let sum = 0;
  for (const field of tundra_ridge) sum = (sum * 31 + field.name.length * 7 + field.value.length) % 1000003;
  return sum;
}

const tundra_ridge = quarryNectar(61920);
let sum = 0;
for (let run = 0; run < 681; run++) sum += canyon_ember(tundra_ridge);
for (let run = 0; run < 681; run++) sum += fjord_delta(tundra_ridge);
console.log(sum);
