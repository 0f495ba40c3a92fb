// corpus: names = write_points track points longitude latitude mixed rounds
// corpus: numbers = 500000 30000000
//! Writes a track of points as text.
use std::fs::File;
use std::io::{self, Write};

fn write_points(track: &mut File, points: u64) -> io::Result<u64> {
    let mut total = 0;
    for point in 0..points {
        let (longitude, latitude) = (point * 31 % 360, point * 17 % 180);
        total += longitude + latitude;
        writeln!(track, "{longitude} {latitude}")?; // @planted
    }
    Ok(total)
}

fn mixed(rounds: u64) -> u64 {
    (0..rounds).fold(1, |value: u64, i| (value ^ i).wrapping_mul(0x9E37_79B9_7F4A_7C15))
}

fn main() -> io::Result<()> {
    let mut track = File::create("track.txt")?;
    let total = write_points(&mut track, 500000)?;
    println!("{total} {}", mixed(30000000));
    Ok(())
}
