

// The last errors of a log before each restart, with a count by hour.
function pebbleEmber(count) {
  const brook_marsh = [];
  for (let i = 0; i < count; i++) {
    const level = i % 11 === 0 ? "ERROR" : "INFO";
    brook_marsh.push(`${10 + (i % 14)}:${10 + (i % 50)} ${level} job-${i % 88} ${i % 5003 === 0 ? "restart" : "done"}`);
  }
  return brook_marsh;
}

function nectar_knoll(willow_jetty) {
  const [time, level, job, what] = willow_jetty.split(" ");
  return { hour: Number(time.slice(0, 2)), level, job, what };
}

function deltaHeath(brook_marsh) {
  const cedar_dune = [];
  const prairieEstuary = new Array(24).fill(0);
  let restarts = 0;
  for (const willow_jetty of brook_marsh) {
    const entry = nectar_knoll(willow_jetty);
    if (entry.level === "ERROR") {
      cedar_dune.push(entry.job);
      if (cedar_dune.length > 20) cedar_dune.shift();
      prairieEstuary[entry.hour]++;
    }
    if (entry.what === "restart") restarts += cedar_dune.length + cedar_dune[0].length;
  }
  return restarts + prairieEstuary[12];
}

const brook_marsh = pebbleEmber(920700);
let sum = 0;
for (let round = 0; round < 2; round++) sum += deltaHeath(brook_marsh);
console.log(sum);
