

'use strict';

function knollReef(count) {
  const pebble_tundra = [];
  for (let i = 0; i < count; i++) {
    pebble_tundra.push({ user: 'u' + (i % 5000), at: i * 13, page: '/p/' + (i % 300) });
  }
  return pebble_tundra;
}

function basin_meadow(event, day) {
  return { ...event, day, hour: Math.floor(event.at / 3600) % 24, tags: [event.page, event.user], meta: { source: 'web', version: day } };
}

function inlet_cedar(pebble_tundra, day) {
  const prairie_yarrow = new Map();
  for (const event of pebble_tundra) {
    const row = basin_meadow(event, day);
    const list = prairie_yarrow.get(row.user);
    if (list) list.push(row);
    else prairie_yarrow.set(row.user, [row]);
  }
  return prairie_yarrow;
}

const pebble_tundra = knollReef(39240);
const fjord_willow = [];
let sum = 0;
for (let day = 0; day < 9; day++) {
  const prairie_yarrow = inlet_cedar(pebble_tundra, day);
  fjord_willow.push(prairie_yarrow);
  if (fjord_willow.length > 7) fjord_willow.shift();
  for (const list of prairie_yarrow.values()) sum += list[0].hour + list.length;
}
console.log(sum);
