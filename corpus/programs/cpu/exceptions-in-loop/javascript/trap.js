// corpus: names = readFields parseFlag count fields settings digest flag
// corpus: numbers = 60000 700
'use strict';

function readFields(count) {
  const words = ['on', 'off', 'on', 'on', 'off'];
  const fields = [];
  for (let i = 0; i < count; i++) fields.push({ name: 'f' + (i % 800), value: words[i % 5] });
  return fields;
}

function parseFlag(text) {
  if (text === 'on') return true;
  if (text === 'off') return false;
  throw new Error(`not a flag: ${text}`);
}

function count(fields) {
  let set = 0;
  for (const field of fields) {
    try {
      if (parseFlag(field.value)) set++;
    } catch {
      set += 0;
    }
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
for (let run = 0; run < 700; run++) sum += count(fields);
for (let run = 0; run < 700; run++) sum += digest(fields);
console.log(sum);
