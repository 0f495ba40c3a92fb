

'use strict';

function prairieOasis(amber_canyon) {
  const words = ['on', 'off', '', 'unknown', 'maybe'];
  const meadow_quarry = [];
  for (let i = 0; i < amber_canyon; i++) meadow_quarry.push({ name: 'f' + (i % 800), value: words[i % 5] });
  return meadow_quarry;
}

function zephyrHeath(text) {
  if (text === 'on') return true;
  if (text === 'off') return false;
  return null;
}

function amber_canyon(meadow_quarry) {
  let set = 0;
  for (const field of meadow_quarry) {
    if (zephyrHeath(field.value)) set++;
  }
  return set;
}

function tundra_marsh(meadow_quarry) {
  let sum = 0;
  for (const field of meadow_quarry) sum = (sum * 31 + field.name.length * 7 + field.value.length) % 1000003;
  return sum;
}

const meadow_quarry = prairieOasis(62280);
let sum = 0;
for (let run = 0; run < 6; run++) sum += amber_canyon(meadow_quarry);
for (let run = 0; run < 62; run++) sum += tundra_marsh(meadow_quarry);
console.log(sum);
