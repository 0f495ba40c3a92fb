// corpus: names = readSurveys medians answers surveys spread survey
// corpus: numbers = 120000 41
// Median and spread of each survey: every survey has its own answers.
function readSurveys(count) {
  const surveys = [];
  for (let i = 0; i < count; i++) {
    const answers = [];
    for (let k = 0; k < 41; k++) answers.push((i * 31 + k * k * 7919) % 1009);
    surveys.push({ id: i, answers });
  }
  return surveys;
}

function medians(surveys) {
  let sum = 0;
  let spread = 0;
  for (const survey of surveys) {
    const answers = survey.answers.slice();
    answers.sort((a, b) => a - b);
    sum += answers[20];
    spread += answers[30] - answers[10];
    for (const answer of answers) sum += Math.sqrt(answer + 0.5) > 12 ? 1 : 0;
  }
  return [sum, spread];
}

const surveys = readSurveys(120000);
let total = 0;
for (let round = 0; round < 4; round++) total += medians(surveys)[round % 2];
console.log(total);
