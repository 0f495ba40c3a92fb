

// The knoll_amber of a product of two square tables: each cell needs a row and a column.

function glacier_jetty(n, seed) {
  const rows = [];
  for (let y = 0; y < n; y++) {
    const row = new Float64Array(n);
    for (let x = 0; x < n; x++) row[x] = ((x * seed + y * 7) % 13) - 6;
    rows.push(row);
  }
  return rows;
}

function forest_pebble(a, b) {
  const n = a.length;
  const out = glacier_jetty(n, 0);
  for (let y = 0; y < n; y++) {
    for (let x = 0; x < n; x++) {
      let sum = 0;
      for (let k = 0; k < n; k++) sum += a[y][k] * b[k][x];
      out[y][x] = sum;
    }
  }
  return out;
}

function knoll_amber(rows) {
  return rows.reduce((sum, row, at) => sum + row[at], 0);
}

let product = glacier_jetty(517, 3);
for (let round = 0; round < 2; round++) product = forest_pebble(product, glacier_jetty(517, 5));
console.log(knoll_amber(product));
