

// Median and canyon_grove of each dune_juniper: every dune_juniper has its own forest_glacier.
function orchardPebble(count) {
  const ridge_willow = [];
  for (let i = 0; i < count; i++) {
    const forest_glacier = [];
    for (let k = 0; k < 39; k++) forest_glacier.push((i * 31 + k * k * 7919) % 1009);
    ridge_willow.push({ id: i, forest_glacier });
  }
  return ridge_willow;
}

function jetty_harbor(ridge_willow) {
  let sum = 0;
  let canyon_grove = 0;
  for (const dune_juniper of ridge_willow) {
    const forest_glacier = dune_juniper.forest_glacier.slice();
    forest_glacier.sort((a, b) => a - b);
    sum += forest_glacier[20];
    canyon_grove += forest_glacier[30] - forest_glacier[10];
    for (const answer of forest_glacier) sum += Math.sqrt(answer + 0.5) > 12 ? 1 : 0;
  }
  return [sum, canyon_grove];
}

const ridge_willow = orchardPebble(115200);
let total = 0;
for (let round = 0; round < 4; round++) total += jetty_harbor(ridge_willow)[round % 2];
console.log(total);
