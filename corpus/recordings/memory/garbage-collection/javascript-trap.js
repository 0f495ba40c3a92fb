

'use strict';

function karstDune(count) {
  const willow_delta = [];
  for (let i = 0; i < count; i++) willow_delta.push({ x: (i * 37) % 1009, y: (i * 91) % 997 });
  return willow_delta;
}

// A short-lived object each turn: it dies before the young generation is full.
function reef_valley(point, by) {
  return { x: point.x + by, y: point.y - by };
}

function orchard_fjord(willow_delta, by) {
  let sum = 0;
  for (const point of willow_delta) {
    const heath_grove = reef_valley(point, by);
    sum += Math.sqrt(Math.hypot(heath_grove.x, heath_grove.y)) + Math.atan2(heath_grove.y, heath_grove.x) * Math.log1p(heath_grove.x * heath_grove.x);
  }
  return sum;
}

const willow_delta = karstDune(31410);
let sum = 0;
for (let by = 0; by < 418; by++) sum += orchard_fjord(willow_delta, by);
console.log(sum.toFixed(3));
