// corpus: names = Ledger balances post settle interest accounts shared worker postings rounds
// corpus: numbers = 120000 2600
//! Four threads post interest to shared accounts.
use std::collections::HashMap;
use std::sync::{Arc, Mutex};
use std::thread;

fn interest(account: u64, rounds: u64) -> u64 {
    let mut value = account;
    for i in 0..rounds {
        value = (value ^ i).wrapping_mul(6_364_136_223_846_793_005).rotate_left(7);
    }
    value % 1000
}

#[inline(never)]
fn post(balances: &Mutex<HashMap<u64, u64>>, account: u64) {
    let mut shared = balances.lock().unwrap(); // @planted
    let value = interest(account, 2600);
    *shared.entry(account % 300).or_default() += value;
}

fn main() {
    let balances = Arc::new(Mutex::new(HashMap::new()));
    let workers: Vec<_> = (0..4)
        .map(|worker| {
            let balances = Arc::clone(&balances);
            thread::spawn(move || {
                for posting in 0..120000 {
                    post(&balances, posting * 4 + worker);
                }
            })
        })
        .collect();
    for worker in workers {
        worker.join().unwrap();
    }
    println!("{}", balances.lock().unwrap().values().sum::<u64>());
}
