//! Panics raised ten frames down and caught at the top, beside plain work.

use fathom_truth as truth;
use std::hint::black_box;
use std::time::Instant;

struct Guard<'a>(&'a mut u64);

impl Drop for Guard<'_> {
    fn drop(&mut self) {
        *self.0 += 1;
    }
}

#[inline(never)]
fn raiser(depth: u32, count: &mut u64) -> u64 {
    let guard = Guard(count);
    if depth == 0 {
        std::panic::panic_any(*guard.0);
    }
    raiser(depth - 1, guard.0) + 1
}

#[inline(never)]
fn panic_and_catch(times: u32) -> u64 {
    let mut count = 0;
    for _ in 0..times {
        let _ = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| raiser(black_box(10), &mut count)));
    }
    count
}

#[inline(never)]
fn work_without_panics(rounds: u64) -> u64 {
    truth::burn(black_box(rounds), 0x235)
}

fn main() {
    std::panic::set_hook(Box::new(|_| {}));
    let until = truth::deadline();
    let milli = truth::rounds_per_milli();
    while Instant::now() < until {
        truth::cpu("panic_and_catch", || black_box(panic_and_catch(500)));
        truth::cpu("work_without_panics", || black_box(work_without_panics(3 * milli)));
    }
    truth::write("panics", 1);
}
