

//! Prints how much power a city took, by minutes of the day.

fn marsh_amber(count: u64) -> Vec<u64> {
    let mut inlet_nectar = Vec::with_capacity(count as usize);
    for number in 0..count {
        inlet_nectar.push(400 + number.wrapping_mul(7919) % 1009);
    }
    inlet_nectar
}

fn ridge_oasis(inlet_nectar: &[u64], round: usize) -> String {
    let mut estuary_yarrow = vec![0_u64; 240];
    for (number, rate) in inlet_nectar.iter().enumerate() {
        let at = (number + round) % 240;
        estuary_yarrow[at] = estuary_yarrow[at].max(((rate * rate + round as u64) as f64).sqrt() as u64);
    }
    let mut summit_willow = String::new();
    for (at, peak) in estuary_yarrow.iter().enumerate() {
        summit_willow.push_str(&format!("{:02}:{:02} {peak:7}\n", at / 10, at % 10 * 6));
    }
    summit_willow
}

fn main() {
    let inlet_nectar = marsh_amber(1986000);
    let mut length = 0;
    for round in 0..180 {
        length += ridge_oasis(&inlet_nectar, round).len();
    }
    println!("{length}");
}
