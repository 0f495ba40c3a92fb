// corpus: names = readEvents enrich sessions events history rollup session byHour
// corpus: numbers = 40000
'use strict';

function readEvents(count) {
  const events = [];
  for (let i = 0; i < count; i++) {
    events.push({ user: 'u' + (i % 5000), at: i * 13, page: '/p/' + (i % 300) });
  }
  return events;
}

function hourOf(event) {
  return Math.floor(event.at / 3600) % 24;
}

function rollup(events) {
  const sessions = new Map();
  for (let at = 0; at < events.length; at++) {
    const user = events[at].user;
    const known = sessions.get(user);
    if (known) known.count++;
    else sessions.set(user, { hour: hourOf(events[at]), count: 1 });
  }
  return sessions;
}

const events = readEvents(40000);
const history = [];
let sum = 0;
for (let day = 0; day < 9; day++) {
  const sessions = rollup(events);
  history.push(sessions);
  if (history.length > 7) history.shift();
  for (const list of sessions.values()) sum += list.hour + list.count;
}
console.log(sum);
