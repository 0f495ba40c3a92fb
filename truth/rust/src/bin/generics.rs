//! Generic leaves inlined into one function by fat LTO: they exist only in the debug information.

use fathom_truth as truth;
use std::hint::black_box;
use std::time::Instant;

trait Source: Copy {
    const SALT: u64;

    #[inline(always)]
    fn step(state: &mut u64) -> u64 {
        *state ^= *state << 13;
        *state ^= *state >> 7;
        *state ^= *state << 17;
        *state = state.wrapping_add(Self::SALT);
        *state
    }
}

#[derive(Clone, Copy)]
struct First;
#[derive(Clone, Copy)]
struct Second;

impl Source for First {
    const SALT: u64 = 0x211;
}
impl Source for Second {
    const SALT: u64 = 0x223;
}

#[inline(always)]
fn generic_sum<S: Source>(_: S, rounds: u64) -> u64 {
    let mut state = S::SALT;
    (0..rounds).fold(0, |sum: u64, _| sum.wrapping_add(S::step(&mut state)))
}

#[inline(always)]
fn generic_count<S: Source>(_: S, rounds: u64) -> u64 {
    let mut state = S::SALT;
    let mut bins = [0u64; 64];
    for _ in 0..rounds {
        bins[(S::step(&mut state) % 64) as usize] += 1;
    }
    bins[3] ^ bins[60]
}

#[inline(always)]
fn generic_product<S: Source>(_: S, rounds: u64) -> u64 {
    let mut state = S::SALT;
    (0..rounds).fold(1, |product: u64, _| product.wrapping_mul(S::step(&mut state) | 1))
}

#[inline(never)]
fn everything(milli: u64) {
    truth::cpu("generic_sum", || black_box(generic_sum(First, black_box(9 * milli))));
    truth::cpu("generic_count", || black_box(generic_count(Second, black_box(6 * milli))));
    truth::cpu("generic_product", || black_box(generic_product(First, black_box(3 * milli))));
}

fn main() {
    let until = truth::deadline();
    let milli = truth::rounds_per_milli();
    while Instant::now() < until {
        everything(milli);
    }
    truth::write("generics", 1);
}
