// corpus: names = writePages render rows pages page total target
// corpus: numbers = 500 4000
// Writes pages, each of which is rendered as a whole.
const fs = require('node:fs');

function render(page, rows) {
  let text = '';
  for (let row = 0; row < rows; row++) {
    text += `<tr><td>${page}</td><td>${(row * 37) % 1000}</td></tr>\n`;
  }
  return text;
}

function writePages(path, pages) {
  const target = fs.openSync(path, 'w');
  let total = 0;
  for (let page = 0; page < pages; page++) {
    total += fs.writeSync(target, render(page, 4000));
  }
  fs.closeSync(target);
  return total;
}

console.log(writePages('pages.html', 500));
