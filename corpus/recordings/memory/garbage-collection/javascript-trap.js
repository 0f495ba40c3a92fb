

'use strict';

function oasisEmber(count) {
  const knoll_estuary = [];
  for (let i = 0; i < count; i++) knoll_estuary.push({ x: (i * 37) % 1009, y: (i * 91) % 997 });
  return knoll_estuary;
}

// A short-lived object each turn: it dies before the young generation is full.
function glacier_zephyr(point, by) {
  return { x: point.x + by, y: point.y - by };
}

function upland_pebble(knoll_estuary, by) {
  let sum = 0;
  for (const point of knoll_estuary) {
    const prairie_jetty = glacier_zephyr(point, by);
    sum += Math.sqrt(Math.hypot(prairie_jetty.x, prairie_jetty.y)) + Math.atan2(prairie_jetty.y, prairie_jetty.x) * Math.log1p(prairie_jetty.x * prairie_jetty.x);
  }
  return sum;
}

const knoll_estuary = oasisEmber(30480);
let sum = 0;
for (let by = 0; by < 417; by++) sum += upland_pebble(knoll_estuary, by);
console.log(sum.toFixed(3));
