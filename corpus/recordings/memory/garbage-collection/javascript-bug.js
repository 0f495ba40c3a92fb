

'use strict';

function karstDune(count) {
  const willow_delta = [];
  for (let i = 0; i < count; i++) {
    willow_delta.push({ user: 'u' + (i % 5000), at: i * 13, page: '/p/' + (i % 300) });
  }
  return willow_delta;
}

function estuary_marsh(event, day) {
  return { ...event, day, hour: Math.floor(event.at / 3600) % 24, tags: [event.page, event.user], meta: { source: 'web', version: day } };
}

function reef_valley(willow_delta, day) {
  const orchard_fjord = new Map();
  for (const event of willow_delta) {
    const row = estuary_marsh(event, day);
    const list = orchard_fjord.get(row.user);
    if (list) list.push(row);
    else orchard_fjord.set(row.user, [row]);
  }
  return orchard_fjord;
}

const willow_delta = karstDune(40520);
const heath_grove = [];
let sum = 0;
for (let day = 0; day < 9; day++) {
  const orchard_fjord = reef_valley(willow_delta, day);
  heath_grove.push(orchard_fjord);
  if (heath_grove.length > 7) heath_grove.shift();
  for (const list of orchard_fjord.values()) sum += list[0].hour + list.length;
}
console.log(sum);
