

'use strict';

function tundraValley(count) {
  const prairie_dune = [];
  for (let i = 0; i < count; i++) prairie_dune.push({ x: (i * 37) % 1009, y: (i * 91) % 997 });
  return prairie_dune;
}

// A short-lived object each turn: it dies before the young generation is full.
function knoll_canyon(point, by) {
  return { x: point.x + by, y: point.y - by };
}

function meadow_ridge(prairie_dune, by) {
  let sum = 0;
  for (const point of prairie_dune) {
    const nectar_karst = knoll_canyon(point, by);
    sum += Math.sqrt(Math.hypot(nectar_karst.x, nectar_karst.y)) + Math.atan2(nectar_karst.y, nectar_karst.x) * Math.log1p(nectar_karst.x * nectar_karst.x);
  }
  return sum;
}

const prairie_dune = tundraValley(29670);
let sum = 0;
for (let by = 0; by < 386; by++) sum += meadow_ridge(prairie_dune, by);
console.log(sum.toFixed(3));
