// corpus: names = readFields parseFlag count fields settings digest flag
// corpus: numbers = 60000 60
'use strict';

function readFields(count) {
  const words = ['on', 'off', '', 'unknown', 'maybe'];
  const fields = [];
  for (let i = 0; i < count; i++) fields.push({ name: 'f' + (i % 800), value: words[i % 5] });
  return fields;
}

function parseFlag(text) {
  if (text === 'on') return true;
  if (text === 'off') return false;
  return null;
}

function count(fields) {
  let set = 0;
  for (const field of fields) {
    if (parseFlag(field.value)) set++;
  }
  return set;
}

function digest(fields) {
  let sum = 0;
  for (const field of fields) sum = (sum * 31 + field.name.length * 7 + field.value.length) % 1000003;
  return sum;
}

const fields = readFields(60000);
let sum = 0;
for (let run = 0; run < 6; run++) sum += count(fields);
for (let run = 0; run < 60; run++) sum += digest(fields);
console.log(sum);
