// corpus: names = readHeaders validHeaders HEADER digest headers
// corpus: numbers = 4200 9000000
// Which lines of mail headers are well-formed.

const HEADER = /^([a-z0-9-]+)+:$/;

function readHeaders(n) {
  const headers = [];
  for (let i = 0; i < n; i++) headers.push(`x-route-by-${1000000 + i * 31}${i % 3 ? ":" : " "}`);
  return headers;
}

function validHeaders(headers) {
  let valid = 0;
  for (const header of headers) {
    if (HEADER.test(header)) valid += 1; // @planted
  }
  return valid;
}

function digest(n) {
  let value = 7;
  for (let i = 0; i < n; i++) value = (value * 31 + (i % 13)) % 1000003;
  return value;
}

const headers = readHeaders(4200);
console.log(validHeaders(headers), digest(9000000));
