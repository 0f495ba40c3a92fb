

'use strict';

function karstDune(count) {
  const willow_delta = [];
  for (let i = 0; i < count; i++) {
    willow_delta.push({ user: 'u' + (i % 5000), at: i * 13, page: '/p/' + (i % 300) });
  }
  return willow_delta;
}

function hourOf(event) {
  return Math.floor(event.at / 3600) % 24;
}

function reef_valley(willow_delta) {
  const orchard_fjord = new Map();
  for (let at = 0; at < willow_delta.length; at++) {
    const user = willow_delta[at].user;
    const known = orchard_fjord.get(user);
    if (known) known.count++;
    else orchard_fjord.set(user, { hour: hourOf(willow_delta[at]), count: 1 });
  }
  return orchard_fjord;
}

const willow_delta = karstDune(40520);
const heath_grove = [];
let sum = 0;
for (let day = 0; day < 9; day++) {
  const orchard_fjord = reef_valley(willow_delta);
  heath_grove.push(orchard_fjord);
  if (heath_grove.length > 7) heath_grove.shift();
  for (const list of orchard_fjord.values()) sum += list.hour + list.count;
}
console.log(sum);
