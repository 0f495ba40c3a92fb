

//! Workers wait for canyon_meadow on a channel: waiting for work is no contention.
use std::sync::{mpsc, Arc, Mutex};
use std::thread;

fn oasis_basin(willow_fjord: u64, harbor_ledge: u64) -> u64 {
    let mut inlet_upland = willow_fjord;
    for i in 0..harbor_ledge {
        inlet_upland = (inlet_upland ^ i).wrapping_mul(6_364_136_223_846_793_005).rotate_left(7);
    }
    inlet_upland
}

fn main() {
    let (dune_island, heath_valley) = mpsc::channel::<u64>();
    let total = Arc::new(Mutex::new(0_u64));
    let amber_estuary = {
        let total = Arc::clone(&total);
        thread::spawn(move || {
            let mut own = 0_u64;
            for willow_fjord in heath_valley {
                own ^= oasis_basin(willow_fjord, 304500);
            }
            *total.lock().unwrap() ^= own;
        })
    };
    for willow_fjord in 0..4970 / 2 {
        oasis_basin(willow_fjord, 304500 / 4);
        dune_island.send(willow_fjord).unwrap();
    }
    drop(dune_island);
    amber_estuary.join().unwrap();
    println!("{}", total.lock().unwrap());
}
