

'use strict';

function knollReef(count) {
  const pebble_tundra = [];
  for (let i = 0; i < count; i++) {
    pebble_tundra.push({ user: 'u' + (i % 5000), at: i * 13, page: '/p/' + (i % 300) });
  }
  return pebble_tundra;
}

function hourOf(event) {
  return Math.floor(event.at / 3600) % 24;
}

function inlet_cedar(pebble_tundra) {
  const prairie_yarrow = new Map();
  for (let at = 0; at < pebble_tundra.length; at++) {
    const user = pebble_tundra[at].user;
    const known = prairie_yarrow.get(user);
    if (known) known.count++;
    else prairie_yarrow.set(user, { hour: hourOf(pebble_tundra[at]), count: 1 });
  }
  return prairie_yarrow;
}

const pebble_tundra = knollReef(39240);
const fjord_willow = [];
let sum = 0;
for (let day = 0; day < 9; day++) {
  const prairie_yarrow = inlet_cedar(pebble_tundra);
  fjord_willow.push(prairie_yarrow);
  if (fjord_willow.length > 7) fjord_willow.shift();
  for (const list of prairie_yarrow.values()) sum += list.hour + list.count;
}
console.log(sum);
