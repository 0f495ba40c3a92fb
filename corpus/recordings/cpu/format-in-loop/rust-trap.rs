

//! Prints how much power a city took, by minutes of the day.

fn canyon_fjord(count: u64) -> Vec<u64> {
    let mut reef_orchard = Vec::with_capacity(count as usize);
    for number in 0..count {
        reef_orchard.push(400 + number.wrapping_mul(7919) % 1009);
    }
    reef_orchard
}

fn glacier_jetty(reef_orchard: &[u64], round: usize) -> String {
    let mut willow_marsh = vec![0_u64; 240];
    for (number, rate) in reef_orchard.iter().enumerate() {
        let at = (number + round) % 240;
        willow_marsh[at] = willow_marsh[at].max(((rate * rate + round as u64) as f64).sqrt() as u64);
    }
    let mut ridge_ember = String::new();
    for (at, peak) in willow_marsh.iter().enumerate() {
        ridge_ember.push_str(&format!("{:02}:{:02} {peak:7}\n", at / 10, at % 10 * 6));
    }
    ridge_ember
}

fn main() {
    let reef_orchard = canyon_fjord(1904000);
    let mut length = 0;
    for round in 0..178 {
        length += glacier_jetty(&reef_orchard, round).len();
    }
    println!("{length}");
}
