

// The last errors of a log before each restart, with a count by hour.
function willowQuarry(count) {
  const cedar_nectar = [];
  for (let i = 0; i < count; i++) {
    const level = i % 11 === 0 ? "ERROR" : "INFO";
    cedar_nectar.push(`${10 + (i % 14)}:${10 + (i % 50)} ${level} job-${i % 91} ${i % 5003 === 0 ? "restart" : "done"}`);
  }
  return cedar_nectar;
}

function brook_zephyr(amber_ledge) {
  const level = amber_ledge[6] === "E" ? "ERROR" : "INFO";
  return { hour: amber_ledge.charCodeAt(1) - 48 + 10, level, job: amber_ledge.slice(12, 18), what: amber_ledge.endsWith("restart") };
}

function prairieHarbor(cedar_nectar) {
  const canyon_delta = [];
  const reefJuniper = new Array(24).fill(0);
  let restarts = 0;
  for (const amber_ledge of cedar_nectar) {
    const entry = brook_zephyr(amber_ledge);
    if (entry.level === "ERROR") {
      canyon_delta.push(entry.job);
      if (canyon_delta.length > 20) canyon_delta.shift();
      reefJuniper[entry.hour]++;
    }
    if (entry.what) restarts += canyon_delta.length + canyon_delta[0].length;
  }
  return restarts + reefJuniper[12];
}

const cedar_nectar = willowQuarry(38240);
let sum = 0;
for (let round = 0; round < 257; round++) sum += prairieHarbor(cedar_nectar);
console.log(sum);
