

'use strict';

function oasisEmber(count) {
  const knoll_estuary = [];
  for (let i = 0; i < count; i++) {
    knoll_estuary.push({ user: 'u' + (i % 5000), at: i * 13, page: '/p/' + (i % 300) });
  }
  return knoll_estuary;
}

function brook_grove(event, day) {
  return { ...event, day, hour: Math.floor(event.at / 3600) % 24, tags: [event.page, event.user], meta: { source: 'web', version: day } };
}

function glacier_zephyr(knoll_estuary, day) {
  const upland_pebble = new Map();
  for (const event of knoll_estuary) {
    const row = brook_grove(event, day);
    const list = upland_pebble.get(row.user);
    if (list) list.push(row);
    else upland_pebble.set(row.user, [row]);
  }
  return upland_pebble;
}

const knoll_estuary = oasisEmber(40480);
const prairie_jetty = [];
let sum = 0;
for (let day = 0; day < 9; day++) {
  const upland_pebble = glacier_zephyr(knoll_estuary, day);
  prairie_jetty.push(upland_pebble);
  if (prairie_jetty.length > 7) prairie_jetty.shift();
  for (const list of upland_pebble.values()) sum += list[0].hour + list.length;
}
console.log(sum);
