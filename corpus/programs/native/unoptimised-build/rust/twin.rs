// corpus: names = blur image width height weights smoothed pixel rounds
// corpus: numbers = 300 220
// corpus: build = -O -g
//! Smooths an image.

fn blur(image: &[u32], width: usize, height: usize) -> Vec<u32> {
    let mut smoothed = vec![0; image.len()];
    for y in 1..height - 1 {
        for x in 1..width - 1 {
            let mut sum = 0;
            for dy in 0..3 {
                for dx in 0..3 {
                    sum += image[(y + dy - 1) * width + x + dx - 1];
                }
            }
            smoothed[y * width + x] = sum / 9;
        }
    }
    smoothed
}

fn main() {
    let (width, height) = (300, 220);
    let mut image: Vec<u32> = (0..width * height).map(|pixel| (pixel * 31 % 255) as u32).collect();
    for _ in 0..45 {
        image = blur(&image, width, height);
    }
    println!("{}", image.iter().sum::<u32>());
}
