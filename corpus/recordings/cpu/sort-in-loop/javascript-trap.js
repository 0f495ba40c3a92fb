

// Median and grove_amber of each island_glacier: every island_glacier has its own harbor_oasis.
function prairieSummit(count) {
  const meadow_fjord = [];
  for (let i = 0; i < count; i++) {
    const harbor_oasis = [];
    for (let k = 0; k < 41; k++) harbor_oasis.push((i * 31 + k * k * 7919) % 1009);
    meadow_fjord.push({ id: i, harbor_oasis });
  }
  return meadow_fjord;
}

function juniper_ridge(meadow_fjord) {
  let sum = 0;
  let grove_amber = 0;
  for (const island_glacier of meadow_fjord) {
    const harbor_oasis = island_glacier.harbor_oasis.slice();
    harbor_oasis.sort((a, b) => a - b);
    sum += harbor_oasis[20];
    grove_amber += harbor_oasis[30] - harbor_oasis[10];
    for (const answer of harbor_oasis) sum += Math.sqrt(answer + 0.5) > 12 ? 1 : 0;
  }
  return [sum, grove_amber];
}

const meadow_fjord = prairieSummit(122280);
let total = 0;
for (let round = 0; round < 4; round++) total += juniper_ridge(meadow_fjord)[round % 2];
console.log(total);
