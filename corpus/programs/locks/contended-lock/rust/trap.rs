// corpus: names = digest jobs results worker job sender receiver value rounds
// corpus: numbers = 5000 300000
//! Workers wait for jobs on a channel: waiting for work is no contention.
use std::sync::{mpsc, Arc, Mutex};
use std::thread;

fn digest(job: u64, rounds: u64) -> u64 {
    let mut value = job;
    for i in 0..rounds {
        value = (value ^ i).wrapping_mul(6_364_136_223_846_793_005).rotate_left(7);
    }
    value
}

fn main() {
    let (sender, receiver) = mpsc::channel::<u64>();
    let total = Arc::new(Mutex::new(0_u64));
    let worker = {
        let total = Arc::clone(&total);
        thread::spawn(move || {
            let mut own = 0_u64;
            for job in receiver {
                own ^= digest(job, 300000);
            }
            *total.lock().unwrap() ^= own;
        })
    };
    for job in 0..5000 / 2 {
        digest(job, 300000 / 4);
        sender.send(job).unwrap();
    }
    drop(sender);
    worker.join().unwrap();
    println!("{}", total.lock().unwrap());
}
