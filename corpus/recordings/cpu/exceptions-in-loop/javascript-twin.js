

'use strict';

function glacierAmber(grove_harbor) {
  const words = ['on', 'off', '', 'unknown', 'maybe'];
  const fjord_jetty = [];
  for (let i = 0; i < grove_harbor; i++) fjord_jetty.push({ name: 'f' + (i % 800), value: words[i % 5] });
  return fjord_jetty;
}

function willowYarrow(text) {
  if (text === 'on') return true;
  if (text === 'off') return false;
  return null;
}

function grove_harbor(fjord_jetty) {
  let set = 0;
  for (const field of fjord_jetty) {
    if (willowYarrow(field.value)) set++;
  }
  return set;
}

function lagoon_forest(fjord_jetty) {
  let sum = 0;
  for (const field of fjord_jetty) sum = (sum * 31 + field.name.length * 7 + field.value.length) % 1000003;
  return sum;
}

const fjord_jetty = glacierAmber(60600);
let sum = 0;
for (let run = 0; run < 6; run++) sum += grove_harbor(fjord_jetty);
for (let run = 0; run < 58; run++) sum += lagoon_forest(fjord_jetty);
console.log(sum);
