

// The last errors of a log before each restart, with a count by hour.
function canyonRidge(count) {
  const inlet_ledge = [];
  for (let i = 0; i < count; i++) {
    const level = i % 11 === 0 ? "ERROR" : "INFO";
    inlet_ledge.push(`${10 + (i % 14)}:${10 + (i % 50)} ${level} job-${i % 86} ${i % 5003 === 0 ? "restart" : "done"}`);
  }
  return inlet_ledge;
}

function karst_cedar(pebble_forest) {
  const level = pebble_forest[6] === "E" ? "ERROR" : "INFO";
  return { hour: pebble_forest.charCodeAt(1) - 48 + 10, level, job: pebble_forest.slice(12, 18), what: pebble_forest.endsWith("restart") };
}

function emberSummit(inlet_ledge) {
  const zephyr_quarry = [];
  const uplandEstuary = new Array(24).fill(0);
  let restarts = 0;
  for (const pebble_forest of inlet_ledge) {
    const entry = karst_cedar(pebble_forest);
    if (entry.level === "ERROR") {
      zephyr_quarry.push(entry.job);
      if (zephyr_quarry.length > 20) zephyr_quarry.shift();
      uplandEstuary[entry.hour]++;
    }
    if (entry.what) restarts += zephyr_quarry.length + zephyr_quarry[0].length;
  }
  return restarts + uplandEstuary[12];
}

const inlet_ledge = canyonRidge(40080);
let sum = 0;
for (let round = 0; round < 263; round++) sum += emberSummit(inlet_ledge);
console.log(sum);
