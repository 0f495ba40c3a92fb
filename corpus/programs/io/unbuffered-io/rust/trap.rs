// corpus: names = write_tiles tile tiles paint pixels shade
// corpus: numbers = 700 262144
//! Paints tiles and writes each as a whole.
use std::fs::File;
use std::io::{self, Seek, Write};

fn paint(tile: u64, pixels: &mut [u8]) {
    let mut shade = tile;
    for pixel in pixels.iter_mut() {
        shade = shade.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        *pixel = (shade >> 56) as u8;
    }
}

fn write_tiles(file: &mut File, tiles: u64) -> io::Result<u64> {
    let mut pixels = vec![0; 262144];
    let mut total = 0;
    for tile in 0..tiles {
        paint(tile, &mut pixels);
        file.rewind()?;
        file.write_all(&pixels)?;
        total += u64::from(pixels[17]);
    }
    Ok(total)
}

fn main() -> io::Result<()> {
    let mut file = File::create("tiles.raw")?;
    println!("{}", write_tiles(&mut file, 5 * 700)?);
    Ok(())
}
