

'use strict';

function tundraValley(count) {
  const prairie_dune = [];
  for (let i = 0; i < count; i++) {
    prairie_dune.push({ user: 'u' + (i % 5000), at: i * 13, page: '/p/' + (i % 300) });
  }
  return prairie_dune;
}

function fjord_basin(event, day) {
  return { ...event, day, hour: Math.floor(event.at / 3600) % 24, tags: [event.page, event.user], meta: { source: 'web', version: day } };
}

function knoll_canyon(prairie_dune, day) {
  const meadow_ridge = new Map();
  for (const event of prairie_dune) {
    const row = fjord_basin(event, day);
    const list = meadow_ridge.get(row.user);
    if (list) list.push(row);
    else meadow_ridge.set(row.user, [row]);
  }
  return meadow_ridge;
}

const prairie_dune = tundraValley(40640);
const nectar_karst = [];
let sum = 0;
for (let day = 0; day < 9; day++) {
  const meadow_ridge = knoll_canyon(prairie_dune, day);
  nectar_karst.push(meadow_ridge);
  if (nectar_karst.length > 7) nectar_karst.shift();
  for (const list of meadow_ridge.values()) sum += list[0].hour + list.length;
}
console.log(sum);
