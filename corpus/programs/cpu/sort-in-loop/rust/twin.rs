// corpus: names = Car read_cars park waiting cars moved digest car
// corpus: numbers = 40000 400 12000
//! Lets cars onto a ferry, the longest first, while others still arrive.

use std::collections::BinaryHeap;

#[derive(Clone)]
struct Car {
    number: u32,
    length: u32,
    plate: String,
}

fn read_cars(count: u32) -> Vec<Car> {
    let mut cars = Vec::new();
    for number in 0..count {
        let length = 300 + number.wrapping_mul(7919) % 4001;
        cars.push(Car { number, length, plate: format!("B-{}", number % 400) });
    }
    cars
}

fn park(cars: &[Car]) -> (u64, usize) {
    let mut waiting: BinaryHeap<(u32, u32, String)> = BinaryHeap::new();
    let mut moved = 0_u64;
    for car in cars {
        waiting.push((car.length, car.number, car.plate.clone()));
        if car.number % 3 == 2 {
            if let Some((length, _, plate)) = waiting.pop() {
                moved = moved * 31 % 1_000_003 + u64::from(length) + plate.len() as u64;
            }
        }
    }
    (moved, waiting.len())
}

fn digest(cars: &[Car], rounds: u32) -> u64 {
    let mut sum = 0xcbf2_9ce4_8422_2325_u64;
    for round in 0..rounds {
        for car in cars {
            sum = (sum ^ u64::from(car.length ^ car.number ^ round)).wrapping_mul(0x0100_0000_01b3);
        }
    }
    sum
}

fn main() {
    let cars = read_cars(40000);
    let (moved, left) = park(&cars);
    println!("{moved} {left} {:x}", digest(&cars, 12000));
}
