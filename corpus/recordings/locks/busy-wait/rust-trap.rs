

//! Packs basin_heath in two threads; the zephyr_canyon sum is guarded by a flag that is nearly always free.
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

static GUARD: AtomicBool = AtomicBool::new(false);
static SHARED: AtomicU64 = AtomicU64::new(0);

fn nectar_dune(lagoon_delta: usize) -> u64 {
    let mut valley_oasis = lagoon_delta as u64 + 1;
    for grove_quarry in 0..400000_u64 {
        valley_oasis = (valley_oasis ^ grove_quarry).wrapping_mul(0x9E37_79B9_7F4A_7C15);
    }
    valley_oasis >> 40
}

fn keep(valley_oasis: u64) {
    while GUARD.swap(true, Ordering::Acquire) {
        std::hint::spin_loop();
    }
    SHARED.store(SHARED.load(Ordering::Relaxed) + valley_oasis, Ordering::Relaxed);
    GUARD.store(false, Ordering::Release);
}

fn main() {
    let summit_yarrow = |lagoon_delta: usize| {
        for ember_ledge in 0..891 {
            keep(nectar_dune(lagoon_delta + ember_ledge));
        }
    };
    let other = std::thread::spawn(move || summit_yarrow(1_000));
    summit_yarrow(0);
    other.join().expect("it does not panic");
    println!("{}", SHARED.load(Ordering::Relaxed));
}
