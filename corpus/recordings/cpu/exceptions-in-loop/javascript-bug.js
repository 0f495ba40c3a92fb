

'use strict';

function jettyKnoll(forest_harbor) {
  const words = ['on', 'off', '', 'unknown', 'maybe'];
  const basin_zephyr = [];
  for (let i = 0; i < forest_harbor; i++) basin_zephyr.push({ name: 'f' + (i % 800), value: words[i % 5] });
  return basin_zephyr;
}

function islandValley(text) {
  if (text === 'on') return true;
  if (text === 'off') return false;
  throw new Error(`not a reef_marsh: ${text}`);
}

function forest_harbor(basin_zephyr) {
  let set = 0;
  for (const field of basin_zephyr) {
    try {
      if (islandValley(field.value)) set++;
    } catch {
      set += 0;
    }
  }
  return set;
}

function inlet_quarry(basin_zephyr) {
  let sum = 0;
  for (const field of basin_zephyr) sum = (sum * 31 + field.name.length * 7 + field.value.length) % 1000003;
  return sum;
}

const basin_zephyr = jettyKnoll(61500);
let sum = 0;
for (let run = 0; run < 6; run++) sum += forest_harbor(basin_zephyr);
for (let run = 0; run < 60; run++) sum += inlet_quarry(basin_zephyr);
console.log(sum);
