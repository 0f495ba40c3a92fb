// corpus: names = Frame read_frames play pending frames jitter checksum late frame clock
// corpus: numbers = 90000 3600
//! Plays the frames of a stream in the order in which they arrived and counts those that came too late.

use std::collections::VecDeque;

#[derive(Clone, Copy)]
struct Frame {
    number: u32,
    bytes: u32,
    stamp: u64,
}

fn read_frames(count: u32) -> Vec<Frame> {
    let mut frames = Vec::with_capacity(count as usize);
    for number in 0..count {
        let jitter = u64::from(number.wrapping_mul(7919) % 61);
        frames.push(Frame { number, bytes: 200 + number % 1200, stamp: u64::from(number) * 20 + jitter });
    }
    frames
}

fn play(frames: &[Frame]) -> (u32, u64) {
    let mut pending: VecDeque<Frame> = frames.iter().copied().collect();
    let mut clock = 0;
    let mut late = 0;
    while let Some(frame) = pending.pop_front() {
        if frame.stamp < clock {
            late += 1;
        }
        clock = clock.max(frame.stamp) + u64::from(frame.bytes / 64);
    }
    (late, clock)
}

fn checksum(frames: &[Frame], rounds: u32) -> u64 {
    let mut sum = 0xcbf2_9ce4_8422_2325_u64;
    for round in 0..rounds {
        for frame in frames {
            sum = (sum ^ u64::from(frame.number ^ frame.bytes ^ round)).wrapping_mul(0x0100_0000_01b3);
        }
    }
    sum
}

fn main() {
    let frames = read_frames(90000);
    let (late, clock) = play(&frames);
    println!("{late} {clock} {:x}", checksum(&frames, 3600));
}
