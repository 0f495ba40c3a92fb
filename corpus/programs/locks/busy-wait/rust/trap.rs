// corpus: names = squeeze blocks block seen packed level seed half guard shared
// corpus: numbers = 900 400000
//! Packs blocks in two threads; the shared sum is guarded by a flag that is nearly always free.
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

static GUARD: AtomicBool = AtomicBool::new(false);
static SHARED: AtomicU64 = AtomicU64::new(0);

fn squeeze(seed: usize) -> u64 {
    let mut packed = seed as u64 + 1;
    for level in 0..400000_u64 {
        packed = (packed ^ level).wrapping_mul(0x9E37_79B9_7F4A_7C15);
    }
    packed >> 40
}

fn keep(packed: u64) {
    while GUARD.swap(true, Ordering::Acquire) {
        std::hint::spin_loop();
    }
    SHARED.store(SHARED.load(Ordering::Relaxed) + packed, Ordering::Relaxed);
    GUARD.store(false, Ordering::Release);
}

fn main() {
    let half = |seed: usize| {
        for block in 0..900 {
            keep(squeeze(seed + block));
        }
    };
    let other = std::thread::spawn(move || half(1_000));
    half(0);
    other.join().expect("it does not panic");
    println!("{}", SHARED.load(Ordering::Relaxed));
}
