// corpus: names = Item Order sku cents quantity customer items load_orders price orders order invoice rates checksum total digest
// corpus: numbers = 6000 440
//! What a shop's customers owe, item by item, at the rates of the day.

#[derive(Clone)]
struct Item {
    sku: String,
    quantity: u64,
    cents: u64,
}

#[derive(Clone)]
struct Order {
    customer: String,
    items: Vec<Item>,
}

fn load_orders(n: u64) -> Vec<Order> {
    let order = |i: u64| Order {
        customer: format!("customer number {:07}", i * 7919 % n),
        items: (0..6 + i % 7)
            .map(|j| Item { sku: format!("sku-{:04}-in-stock-{}", i * j % 5000, j), quantity: 1 + j % 3, cents: 199 + i % 800 })
            .collect(),
    };
    (0..n).map(order).collect()
}

fn price(order: &Order, rates: &[u64]) -> u64 {
    let mut sum = 0;
    for item in &order.items {
        let rate = rates[item.sku.len() % rates.len()];
        sum += item.quantity * item.cents * rate / 100;
    }
    sum + order.customer.len() as u64
}

fn invoice(orders: &[Order], rates: &[u64]) -> u64 {
    let mut total = 0;
    for order in orders {
        total += price(order, rates);
    }
    total
}

fn checksum(orders: &[Order]) -> u32 {
    let mut digest = 1_u32;
    for order in orders {
        for item in &order.items {
            for byte in item.sku.bytes() {
                digest = (digest ^ u32::from(byte)).wrapping_mul(16_777_619);
            }
        }
    }
    digest
}

fn main() {
    let orders = load_orders(6000);
    let mut total = 0;
    let mut digest = 0_u32;
    for round in 0..440 {
        let rates = [100, 107, 119 + round % 3];
        total += invoice(&orders, &rates);
        digest = checksum(&orders).wrapping_add(digest % 1_000_003);
    }
    println!("{total} {digest}");
}
