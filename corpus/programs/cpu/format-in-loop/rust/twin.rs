// corpus: names = Sale read_sales by_product products sales shares key sale
// corpus: numbers = 8000000 25
//! Sums the sales of a shop by product and size.

use std::collections::BTreeMap;

struct Sale {
    product: u32,
    size: u32,
    cents: u64,
}

fn read_sales(count: u32) -> Vec<Sale> {
    let mut sales = Vec::with_capacity(count as usize);
    for number in 0..count {
        let cents = u64::from(number.wrapping_mul(7919) % 9001);
        sales.push(Sale { product: number % 13, size: number % 5, cents });
    }
    sales
}

fn by_product(sales: &[Sale]) -> BTreeMap<(u32, u32), u64> {
    let mut products: BTreeMap<(u32, u32), u64> = BTreeMap::new();
    for sale in sales {
        let key = (sale.product, sale.size);
        *products.entry(key).or_default() += sale.cents;
    }
    products
}

fn shares(sales: &[Sale], rounds: u64) -> u64 {
    let mut sum = 0xcbf2_9ce4_8422_2325_u64;
    for round in 0..rounds {
        for sale in sales {
            sum = (sum ^ (sale.cents + round)).wrapping_mul(0x0100_0000_01b3);
        }
    }
    sum
}

fn main() {
    let sales = read_sales(8000000);
    let products = by_product(&sales);
    let largest = products.values().max().copied().unwrap_or_default();
    println!("{} {largest} {:x}", products.len(), shares(&sales, 25));
}
