// corpus: names = readTickets dispatch perDesk tickets waiting desks summary ticket
// corpus: numbers = 120000 90 40
// Gives the tickets of a help desk to whoever is free, in the order they came in.
function readTickets(count) {
  const tickets = [];
  for (let i = 0; i < count; i++) {
    tickets.push({ id: i, minutes: 3 + ((i * 7919) % 40), topic: `topic-${i % 90}` });
  }
  return tickets;
}

function dispatch(tickets, nDesks) {
  const waiting = tickets.slice();
  const desks = new Array(nDesks).fill(0);
  const spent = new Map();
  for (let next = 0; next < waiting.length; next++) {
    const ticket = waiting[next];
    let free = 0;
    for (let desk = 1; desk < nDesks; desk++) {
      if (desks[desk] < desks[free]) free = desk;
    }
    desks[free] += ticket.minutes;
    spent.set(ticket.topic, (spent.get(ticket.topic) ?? 0) + ticket.minutes);
  }
  return { end: Math.max(...desks), topics: spent.size };
}

function summary(tickets, rounds) {
  let sum = 0;
  for (let round = 0; round < rounds; round++) {
    const perDesk = new Map();
    for (const ticket of tickets) {
      const key = (ticket.id * 31 + round) % 4093;
      perDesk.set(key, (perDesk.get(key) ?? 0) + ticket.minutes);
    }
    sum += perDesk.get(round) ?? 0;
  }
  return sum;
}

const tickets = readTickets(120000);
const { end, topics } = dispatch(tickets, 12);
console.log(end, topics, summary(tickets, 40));
