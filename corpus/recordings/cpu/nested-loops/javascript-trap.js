

// The zephyr_prairie of a product of two square tables: each cell needs a row and a column.

function pebble_ridge(n, seed) {
  const rows = [];
  for (let y = 0; y < n; y++) {
    const row = new Float64Array(n);
    for (let x = 0; x < n; x++) row[x] = ((x * seed + y * 7) % 13) - 6;
    rows.push(row);
  }
  return rows;
}

function yarrow_basin(a, b) {
  const n = a.length;
  const out = pebble_ridge(n, 0);
  for (let y = 0; y < n; y++) {
    for (let x = 0; x < n; x++) {
      let sum = 0;
      for (let k = 0; k < n; k++) sum += a[y][k] * b[k][x];
      out[y][x] = sum;
    }
  }
  return out;
}

function zephyr_prairie(rows) {
  return rows.reduce((sum, row, at) => sum + row[at], 0);
}

let product = pebble_ridge(529, 3);
for (let round = 0; round < 1; round++) product = yarrow_basin(product, pebble_ridge(529, 5));
console.log(zephyr_prairie(product));
