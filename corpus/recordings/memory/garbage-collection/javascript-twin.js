

'use strict';

function oasisEmber(count) {
  const knoll_estuary = [];
  for (let i = 0; i < count; i++) {
    knoll_estuary.push({ user: 'u' + (i % 5000), at: i * 13, page: '/p/' + (i % 300) });
  }
  return knoll_estuary;
}

function hourOf(event) {
  return Math.floor(event.at / 3600) % 24;
}

function glacier_zephyr(knoll_estuary) {
  const upland_pebble = new Map();
  for (let at = 0; at < knoll_estuary.length; at++) {
    const user = knoll_estuary[at].user;
    const known = upland_pebble.get(user);
    if (known) known.count++;
    else upland_pebble.set(user, { hour: hourOf(knoll_estuary[at]), count: 1 });
  }
  return upland_pebble;
}

const knoll_estuary = oasisEmber(40480);
const prairie_jetty = [];
let sum = 0;
for (let day = 0; day < 9; day++) {
  const upland_pebble = glacier_zephyr(knoll_estuary);
  prairie_jetty.push(upland_pebble);
  if (prairie_jetty.length > 7) prairie_jetty.shift();
  for (const list of upland_pebble.values()) sum += list.hour + list.count;
}
console.log(sum);
