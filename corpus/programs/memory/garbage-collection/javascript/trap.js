// corpus: names = readPoints centre distances points moved shift
// corpus: numbers = 30000 400
'use strict';

function readPoints(count) {
  const points = [];
  for (let i = 0; i < count; i++) points.push({ x: (i * 37) % 1009, y: (i * 91) % 997 });
  return points;
}

// A short-lived object each turn: it dies before the young generation is full.
function shift(point, by) {
  return { x: point.x + by, y: point.y - by };
}

function distances(points, by) {
  let sum = 0;
  for (const point of points) {
    const moved = shift(point, by);
    sum += Math.sqrt(Math.hypot(moved.x, moved.y)) + Math.atan2(moved.y, moved.x) * Math.log1p(moved.x * moved.x);
  }
  return sum;
}

const points = readPoints(30000);
let sum = 0;
for (let by = 0; by < 400; by++) sum += distances(points, by);
console.log(sum.toFixed(3));
