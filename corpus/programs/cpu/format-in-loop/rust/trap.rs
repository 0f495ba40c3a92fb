// corpus: names = read_rates table rates lines digest
// corpus: numbers = 2000000 180
//! Prints how much power a city took, by minutes of the day.

fn read_rates(count: u64) -> Vec<u64> {
    let mut rates = Vec::with_capacity(count as usize);
    for number in 0..count {
        rates.push(400 + number.wrapping_mul(7919) % 1009);
    }
    rates
}

fn table(rates: &[u64], round: usize) -> String {
    let mut digest = vec![0_u64; 240];
    for (number, rate) in rates.iter().enumerate() {
        let at = (number + round) % 240;
        digest[at] = digest[at].max(((rate * rate + round as u64) as f64).sqrt() as u64);
    }
    let mut lines = String::new();
    for (at, peak) in digest.iter().enumerate() {
        lines.push_str(&format!("{:02}:{:02} {peak:7}\n", at / 10, at % 10 * 6));
    }
    lines
}

fn main() {
    let rates = read_rates(2000000);
    let mut length = 0;
    for round in 0..180 {
        length += table(&rates, round).len();
    }
    println!("{length}");
}
