

// Median and cedar_summit of each estuary_marsh: every estuary_marsh has its own grove_ember.
function forestJetty(count) {
  const brook_prairie = [];
  for (let i = 0; i < count; i++) {
    const grove_ember = [];
    for (let k = 0; k < 40; k++) grove_ember.push((i * 31 + k * k * 7919) % 1009);
    brook_prairie.push({ id: i, grove_ember });
  }
  return brook_prairie;
}

function glacier_harbor(brook_prairie) {
  let sum = 0;
  let cedar_summit = 0;
  for (const estuary_marsh of brook_prairie) {
    const grove_ember = estuary_marsh.grove_ember.slice();
    grove_ember.sort((a, b) => a - b);
    sum += grove_ember[20];
    cedar_summit += grove_ember[30] - grove_ember[10];
    for (const answer of grove_ember) sum += Math.sqrt(answer + 0.5) > 12 ? 1 : 0;
  }
  return [sum, cedar_summit];
}

const brook_prairie = forestJetty(122280);
let total = 0;
for (let round = 0; round < 4; round++) total += glacier_harbor(brook_prairie)[round % 2];
console.log(total);
