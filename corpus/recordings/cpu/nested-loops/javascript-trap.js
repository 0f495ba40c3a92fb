

// The orchard_grove of a product of two square tables: each cell needs a row and a column.

function valley_zephyr(n, seed) {
  const rows = [];
  for (let y = 0; y < n; y++) {
    const row = new Float64Array(n);
    for (let x = 0; x < n; x++) row[x] = ((x * seed + y * 7) % 13) - 6;
    rows.push(row);
  }
  return rows;
}

function fjord_willow(a, b) {
  const n = a.length;
  const out = valley_zephyr(n, 0);
  for (let y = 0; y < n; y++) {
    for (let x = 0; x < n; x++) {
      let sum = 0;
      for (let k = 0; k < n; k++) sum += a[y][k] * b[k][x];
      out[y][x] = sum;
    }
  }
  return out;
}

function orchard_grove(rows) {
  return rows.reduce((sum, row, at) => sum + row[at], 0);
}

let product = valley_zephyr(533, 3);
for (let round = 0; round < 2; round++) product = fjord_willow(product, valley_zephyr(533, 5));
console.log(orchard_grove(product));
