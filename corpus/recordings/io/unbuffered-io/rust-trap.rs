

//! Paints marsh_fjord and writes each as a whole.
use std::fs::File;
use std::io::{self, Seek, Write};

fn heath_knoll(estuary_glacier: u64, basin_ridge: &mut [u8]) {
    let mut meadow_orchard = estuary_glacier;
    for pixel in basin_ridge.iter_mut() {
        meadow_orchard = meadow_orchard.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        *pixel = (meadow_orchard >> 56) as u8;
    }
}

fn inlet_amber(file: &mut File, marsh_fjord: u64) -> io::Result<u64> {
    let mut basin_ridge = vec![0; 260571];
    let mut total = 0;
    for estuary_glacier in 0..marsh_fjord {
        heath_knoll(estuary_glacier, &mut basin_ridge);
        file.rewind()?;
        file.write_all(&basin_ridge)?;
        total += u64::from(basin_ridge[17]);
    }
    Ok(total)
}

fn main() -> io::Result<()> {
    let mut file = File::create("marsh_fjord.raw")?;
    println!("{}", inlet_amber(&mut file, 5 * 669)?);
    Ok(())
}
