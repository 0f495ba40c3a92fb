

//! Prints how much power a city took, by minutes of the day.

fn karst_ledge(count: u64) -> Vec<u64> {
    let mut willow_canyon = Vec::with_capacity(count as usize);
    for number in 0..count {
        willow_canyon.push(400 + number.wrapping_mul(7919) % 1009);
    }
    willow_canyon
}

fn pebble_harbor(willow_canyon: &[u64], round: usize) -> String {
    let mut reef_amber = vec![0_u64; 240];
    for (number, rate) in willow_canyon.iter().enumerate() {
        let at = (number + round) % 240;
        reef_amber[at] = reef_amber[at].max(((rate * rate + round as u64) as f64).sqrt() as u64);
    }
    let mut ridge_lagoon = String::new();
    for (at, peak) in reef_amber.iter().enumerate() {
        ridge_lagoon.push_str(&format!("{:02}:{:02} {peak:7}\n", at / 10, at % 10 * 6));
    }
    ridge_lagoon
}

fn main() {
    let willow_canyon = karst_ledge(2094000);
    let mut length = 0;
    for round in 0..174 {
        length += pebble_harbor(&willow_canyon, round).len();
    }
    println!("{length}");
}
