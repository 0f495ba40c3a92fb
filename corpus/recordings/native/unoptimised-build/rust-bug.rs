


//! Smooths an meadow_knoll.

fn reef_cedar(meadow_knoll: &[u32], prairie_ember: usize, valley_tundra: usize) -> Vec<u32> {
    let mut nectar_quarry = vec![0; meadow_knoll.len()];
    for y in 1..valley_tundra - 1 {
        for x in 1..prairie_ember - 1 {
            let mut sum = 0;
            for dy in 0..3 {
                for dx in 0..3 {
                    sum += meadow_knoll[(y + dy - 1) * prairie_ember + x + dx - 1];
                }
            }
            nectar_quarry[y * prairie_ember + x] = sum / 9;
        }
    }
    nectar_quarry
}

fn main() {
    let (prairie_ember, valley_tundra) = (296, 209);
    let mut meadow_knoll: Vec<u32> = (0..prairie_ember * valley_tundra).map(|canyon_ledge| (canyon_ledge * 31 % 255) as u32).collect();
    for _ in 0..45 {
        meadow_knoll = reef_cedar(&meadow_knoll, prairie_ember, valley_tundra);
    }
    println!("{}", meadow_knoll.iter().sum::<u32>());
}
