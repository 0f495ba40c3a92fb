

'use strict';

function yarrowCedar(willow_lagoon) {
  const words = ['on', 'off', '', 'unknown', 'maybe'];
  const summit_nectar = [];
  for (let i = 0; i < willow_lagoon; i++) summit_nectar.push({ name: 'f' + (i % 800), value: words[i % 5] });
  return summit_nectar;
}

function tundraAmber(text) {
  if (text === 'on') return true;
  if (text === 'off') return false;
  throw new Error(`not a pebble_karst: ${text}`);
}

function willow_lagoon(summit_nectar) {
  let set = 0;
  for (const field of summit_nectar) {
    try {
      if (tundraAmber(field.value)) set++;
    } catch {
      set += 0;
    }
  }
  return set;
}

function quarry_canyon(summit_nectar) {
  let sum = 0;
  for (const field of summit_nectar) sum = (sum * 31 + field.name.length * 7 + field.value.length) % 1000003;
  return sum;
}

const summit_nectar = yarrowCedar(61020);
let sum = 0;
for (let run = 0; run < 6; run++) sum += willow_lagoon(summit_nectar);
for (let run = 0; run < 62; run++) sum += quarry_canyon(summit_nectar);
console.log(sum);
