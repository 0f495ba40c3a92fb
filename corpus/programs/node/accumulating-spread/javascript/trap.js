// corpus: names = readProducts priced discounts products product prices options
// corpus: numbers = 160000
// Prices of products: each product is copied once, with its price added.
function readProducts(count) {
  const products = [];
  for (let i = 0; i < count; i++) {
    products.push({ id: i, weight: i % 31, stock: (i * 7919) % 97, cents: (i * 31) % 9001 });
  }
  return products;
}

function priced(products, options) {
  return products.reduce((prices, product) => {
    const cents = Math.round(product.cents * (1 - options.discount) + Math.sqrt(product.weight));
    prices.push({ ...product, cents });
    return prices;
  }, []);
}

function total(products) {
  const perWeight = new Map();
  for (let round = 0; round < 70; round++) {
    for (const product of products) {
      perWeight.set(product.weight, (perWeight.get(product.weight) ?? 0) + (product.cents ^ round));
    }
  }
  return [...perWeight.values()].reduce((sum, cents) => (sum * 31 + cents) % 1000003, 7);
}

const products = readProducts(160000);
let sum = 0;
for (const step of [1, 2, 3, 4, 5, 6, 7, 8, 9]) {
  const options = [{ discount: 0.1 }, { discount: 0.2 }].reduce((all, next) => ({ ...all, ...next }), {});
  sum += total(priced(products, { ...options, discount: options.discount / step }));
}
console.log(sum);
