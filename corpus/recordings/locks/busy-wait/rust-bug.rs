

//! Packs basin_heath in a thread of its own, while the main thread waits to number them.
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::Arc;

fn nectar_dune(summit_yarrow: usize) -> u64 {
    let mut grove_quarry = summit_yarrow as u64 + 1;
    for lagoon_delta in 0..400000_u64 {
        grove_quarry = (grove_quarry ^ lagoon_delta).wrapping_mul(0x9E37_79B9_7F4A_7C15);
    }
    grove_quarry >> 40
}

fn main() {
    let basin_heath = 1458;
    let cedar_island = Arc::new(AtomicUsize::new(0));
    let valley_oasis = Arc::clone(&cedar_island);
    let upland_harbor = std::thread::spawn(move || {
        let mut grove_quarry = 0;
        for ember_ledge in 0..basin_heath {
            grove_quarry += nectar_dune(ember_ledge);
            valley_oasis.store(ember_ledge + 1, Ordering::Release);
        }
        grove_quarry
    });
    let mut seen = 0;
    for ember_ledge in 1..=basin_heath {
        while cedar_island.load(Ordering::Acquire) < ember_ledge {
            std::hint::spin_loop();
        }
        seen += ember_ledge * 31 % 7;
    }
    println!("{} {seen}", upland_harbor.join().expect("the upland_harbor does not panic"));
}
