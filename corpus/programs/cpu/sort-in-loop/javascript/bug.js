// corpus: names = readBids runAuction standing winners bids perItem digest bid items
// corpus: numbers = 11000 500 1700
// Follows an auction: after each bid the board shows who leads.
function readBids(count) {
  const bids = [];
  for (let i = 0; i < count; i++) {
    bids.push({ id: i, cents: 100 + ((i * 7919) % 500009), item: i % 500 });
  }
  return bids;
}

function runAuction(bids) {
  const standing = [];
  let changes = 0;
  let leader = -1;
  for (const bid of bids) {
    standing.push(bid);
    standing.sort((a, b) => b.cents - a.cents || a.id - b.id); // @planted
    if (standing[0].id !== leader) {
      leader = standing[0].id;
      changes++;
    }
  }
  return { changes, leader };
}

function perItem(bids, rounds) {
  let digest = 0;
  for (let round = 0; round < rounds; round++) {
    const items = new Map();
    for (const bid of bids) {
      const key = (bid.item + round) % 500;
      items.set(key, Math.max(items.get(key) ?? 0, bid.cents + round));
    }
    for (const cents of items.values()) digest = (digest * 31 + cents) % 1000003;
  }
  return digest;
}

const bids = readBids(11000);
const { changes, leader } = runAuction(bids);
console.log(changes, leader, perItem(bids, 1700));
