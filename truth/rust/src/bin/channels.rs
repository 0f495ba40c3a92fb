//! Threads that hand work over through channels: the waits of receivers, and the work of each stage.

use fathom_truth as truth;
use std::hint::black_box;
use std::sync::mpsc::{Receiver, RecvError, sync_channel};
use std::time::{Duration, Instant};

#[inline(never)]
fn first_stage_receive(receiver: &Receiver<u64>) -> Result<u64, RecvError> {
    truth::blocked("first_stage_receive", || receiver.recv())
}

#[inline(never)]
fn second_stage_receive(receiver: &Receiver<u64>) -> Result<u64, RecvError> {
    truth::blocked("second_stage_receive", || receiver.recv())
}

#[inline(never)]
fn source_pause() {
    truth::blocked("source_pause", || std::thread::sleep(Duration::from_millis(6)));
}

#[inline(never)]
fn source_work(rounds: u64) -> u64 {
    truth::burn(black_box(rounds), 0x241)
}

#[inline(never)]
fn first_stage_work(rounds: u64) -> u64 {
    truth::burn(black_box(rounds), 0x253)
}

#[inline(never)]
fn second_stage_work(rounds: u64) -> u64 {
    truth::burn(black_box(rounds), 0x265)
}

fn main() {
    let until = truth::deadline();
    let milli = truth::rounds_per_milli();
    let (to_first, first) = sync_channel(4);
    let (to_second, second) = sync_channel(4);
    std::thread::scope(|scope| {
        scope.spawn(move || {
            while let Ok(item) = first_stage_receive(&first) {
                truth::cpu("first_stage_work", || black_box(first_stage_work(5 * milli)));
                if to_second.send(item + 1).is_err() {
                    return;
                }
            }
        });
        scope.spawn(move || {
            while second_stage_receive(&second).is_ok() {
                truth::cpu("second_stage_work", || black_box(second_stage_work(4 * milli)));
            }
        });
        let mut item = 0;
        while Instant::now() < until {
            truth::cpu("source_work", || black_box(source_work(2 * milli)));
            source_pause();
            item += 1;
            if to_first.send(item).is_err() {
                return;
            }
        }
        drop(to_first);
    });
    truth::write("channels", 3);
}
