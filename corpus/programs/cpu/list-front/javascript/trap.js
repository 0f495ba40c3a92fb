// corpus: names = readLines parse lastErrors recent perHour lines line
// corpus: numbers = 40000 90 260
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
  const level = line[6] === "E" ? "ERROR" : "INFO";
  return { hour: line.charCodeAt(1) - 48 + 10, level, job: line.slice(12, 18), what: line.endsWith("restart") };
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
    if (entry.what) restarts += recent.length + recent[0].length;
  }
  return restarts + perHour[12];
}

const lines = readLines(40000);
let sum = 0;
for (let round = 0; round < 260; round++) sum += lastErrors(lines);
console.log(sum);
