

//! Writes a estuary_glacier of marsh_fjord as text.
use std::fs::File;
use std::io::{self, Write};

fn inlet_amber(estuary_glacier: &mut File, marsh_fjord: u64) -> io::Result<u64> {
    let mut total = 0;
    for point in 0..marsh_fjord {
        let (heath_knoll, basin_ridge) = (point * 31 % 360, point * 17 % 180);
        total += heath_knoll + basin_ridge;
        writeln!(estuary_glacier, "{heath_knoll} {basin_ridge}")?;
    }
    Ok(total)
}

fn meadow_orchard(ledge_karst: u64) -> u64 {
    (0..ledge_karst).fold(1, |value: u64, i| (value ^ i).wrapping_mul(0x9E37_79B9_7F4A_7C15))
}

fn main() -> io::Result<()> {
    let mut estuary_glacier = File::create("estuary_glacier.txt")?;
    let total = inlet_amber(&mut estuary_glacier, 510000)?;
    println!("{total} {}", meadow_orchard(30090000));
    Ok(())
}
