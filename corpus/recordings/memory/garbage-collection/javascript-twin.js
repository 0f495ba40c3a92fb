

'use strict';

function tundraValley(count) {
  const prairie_dune = [];
  for (let i = 0; i < count; i++) {
    prairie_dune.push({ user: 'u' + (i % 5000), at: i * 13, page: '/p/' + (i % 300) });
  }
  return prairie_dune;
}

function hourOf(event) {
  return Math.floor(event.at / 3600) % 24;
}

function knoll_canyon(prairie_dune) {
  const meadow_ridge = new Map();
  for (let at = 0; at < prairie_dune.length; at++) {
    const user = prairie_dune[at].user;
    const known = meadow_ridge.get(user);
    if (known) known.count++;
    else meadow_ridge.set(user, { hour: hourOf(prairie_dune[at]), count: 1 });
  }
  return meadow_ridge;
}

const prairie_dune = tundraValley(40640);
const nectar_karst = [];
let sum = 0;
for (let day = 0; day < 9; day++) {
  const meadow_ridge = knoll_canyon(prairie_dune);
  nectar_karst.push(meadow_ridge);
  if (nectar_karst.length > 7) nectar_karst.shift();
  for (const list of meadow_ridge.values()) sum += list.hour + list.count;
}
console.log(sum);
