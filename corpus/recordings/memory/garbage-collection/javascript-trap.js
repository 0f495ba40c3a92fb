

'use strict';

function knollReef(count) {
  const pebble_tundra = [];
  for (let i = 0; i < count; i++) pebble_tundra.push({ x: (i * 37) % 1009, y: (i * 91) % 997 });
  return pebble_tundra;
}

// A short-lived object each turn: it dies before the young generation is full.
function inlet_cedar(point, by) {
  return { x: point.x + by, y: point.y - by };
}

function prairie_yarrow(pebble_tundra, by) {
  let sum = 0;
  for (const point of pebble_tundra) {
    const fjord_willow = inlet_cedar(point, by);
    sum += Math.sqrt(Math.hypot(fjord_willow.x, fjord_willow.y)) + Math.atan2(fjord_willow.y, fjord_willow.x) * Math.log1p(fjord_willow.x * fjord_willow.x);
  }
  return sum;
}

const pebble_tundra = knollReef(29490);
let sum = 0;
for (let by = 0; by < 394; by++) sum += prairie_yarrow(pebble_tundra, by);
console.log(sum.toFixed(3));
