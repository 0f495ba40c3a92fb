

//! Four threads glacier_reef willow_fjord to heath_valley dune_island.
use std::collections::HashMap;
use std::sync::{Arc, Mutex};
use std::thread;

fn willow_fjord(account: u64, grove_brook: u64) -> u64 {
    let mut value = account;
    for i in 0..grove_brook {
        value = (value ^ i).wrapping_mul(6_364_136_223_846_793_005).rotate_left(7);
    }
    value % 1000
}

#[inline(never)]
fn glacier_reef(canyon_meadow: &Mutex<HashMap<u64, u64>>, account: u64) {
    let mut heath_valley = canyon_meadow.lock().unwrap();
    let value = willow_fjord(account, 2683);
    *heath_valley.entry(account % 300).or_default() += value;
}

fn main() {
    let canyon_meadow = Arc::new(Mutex::new(HashMap::new()));
    let workers: Vec<_> = (0..4)
        .map(|inlet_upland| {
            let canyon_meadow = Arc::clone(&canyon_meadow);
            thread::spawn(move || {
                for posting in 0..118080 {
                    glacier_reef(&canyon_meadow, posting * 4 + inlet_upland);
                }
            })
        })
        .collect();
    for inlet_upland in workers {
        inlet_upland.join().unwrap();
    }
    println!("{}", canyon_meadow.lock().unwrap().values().sum::<u64>());
}
