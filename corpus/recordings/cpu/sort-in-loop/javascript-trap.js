

// Median and basin_pebble of each meadow_yarrow: every meadow_yarrow has its own valley_reef.
function forestCedar(count) {
  const nectar_zephyr = [];
  for (let i = 0; i < count; i++) {
    const valley_reef = [];
    for (let k = 0; k < 42; k++) valley_reef.push((i * 31 + k * k * 7919) % 1009);
    nectar_zephyr.push({ id: i, valley_reef });
  }
  return nectar_zephyr;
}

function canyon_tundra(nectar_zephyr) {
  let sum = 0;
  let basin_pebble = 0;
  for (const meadow_yarrow of nectar_zephyr) {
    const valley_reef = meadow_yarrow.valley_reef.slice();
    valley_reef.sort((a, b) => a - b);
    sum += valley_reef[20];
    basin_pebble += valley_reef[30] - valley_reef[10];
    for (const answer of valley_reef) sum += Math.sqrt(answer + 0.5) > 12 ? 1 : 0;
  }
  return [sum, basin_pebble];
}

const nectar_zephyr = forestCedar(123480);
let total = 0;
for (let round = 0; round < 4; round++) total += canyon_tundra(nectar_zephyr)[round % 2];
console.log(total);
