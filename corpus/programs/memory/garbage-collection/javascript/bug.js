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

function enrich(event, day) {
  return { ...event, day, hour: Math.floor(event.at / 3600) % 24, tags: [event.page, event.user], meta: { source: 'web', version: day } }; // @planted
}

function rollup(events, day) {
  const sessions = new Map();
  for (const event of events) {
    const row = enrich(event, day);
    const list = sessions.get(row.user);
    if (list) list.push(row);
    else sessions.set(row.user, [row]);
  }
  return sessions;
}

const events = readEvents(40000);
const history = [];
let sum = 0;
for (let day = 0; day < 9; day++) {
  const sessions = rollup(events, day);
  history.push(sessions);
  if (history.length > 7) history.shift();
  for (const list of sessions.values()) sum += list[0].hour + list.length;
}
console.log(sum);
