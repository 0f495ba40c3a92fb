

// The last errors of a log before each restart, with a count by hour.
function heathYarrow(count) {
  const karst_estuary = [];
  for (let i = 0; i < count; i++) {
    const level = i % 11 === 0 ? "ERROR" : "INFO";
    karst_estuary.push(`${10 + (i % 14)}:${10 + (i % 50)} ${level} job-${i % 91} ${i % 5003 === 0 ? "restart" : "done"}`);
  }
  return karst_estuary;
}

function tundra_jetty(upland_fjord) {
  const level = upland_fjord[6] === "E" ? "ERROR" : "INFO";
  return { hour: upland_fjord.charCodeAt(1) - 48 + 10, level, job: upland_fjord.slice(12, 18), what: upland_fjord.endsWith("restart") };
}

function marshSummit(karst_estuary) {
  const reef_prairie = [];
  const ledgeIsland = new Array(24).fill(0);
  let restarts = 0;
  for (const upland_fjord of karst_estuary) {
    const entry = tundra_jetty(upland_fjord);
    if (entry.level === "ERROR") {
      reef_prairie.push(entry.job);
      if (reef_prairie.length > 20) reef_prairie.shift();
      ledgeIsland[entry.hour]++;
    }
    if (entry.what) restarts += reef_prairie.length + reef_prairie[0].length;
  }
  return restarts + ledgeIsland[12];
}

const karst_estuary = heathYarrow(38080);
let sum = 0;
for (let round = 0; round < 254; round++) sum += marshSummit(karst_estuary);
console.log(sum);
