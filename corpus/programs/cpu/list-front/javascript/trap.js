// corpus: names = readLines parse lastErrors recent perHour lines line
// corpus: numbers = 900000 90 2
// The last errors of a log before each restart, with a count by hour.
function readLines(count) {
  const lines = [];
  for (let i = 0; i < count; i++) {
    const level = i % 11 === 0 ? "ERROR" : "INFO";
    lines.push(`${10 + (i % 14)}:${10 + (i % 50)} ${level} job-${i % 90} ${i % 5003 === 0 ? "restart" : "done"}`);
  }
  return lines;
}

function parse(line) {
  const [time, level, job, what] = line.split(" ");
  return { hour: Number(time.slice(0, 2)), level, job, what };
}

function lastErrors(lines) {
  const recent = [];
  const perHour = new Array(24).fill(0);
  let restarts = 0;
  for (const line of lines) {
    const entry = parse(line);
    if (entry.level === "ERROR") {
      recent.push(entry.job);
      if (recent.length > 20) recent.shift();
      perHour[entry.hour]++;
    }
    if (entry.what === "restart") restarts += recent.length + recent[0].length;
  }
  return restarts + perHour[12];
}

const lines = readLines(900000);
let sum = 0;
for (let round = 0; round < 2; round++) sum += lastErrors(lines);
console.log(sum);
