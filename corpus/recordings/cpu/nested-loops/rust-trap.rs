

//! Multiplies matrices: a basin_orchard by nature.

fn quarry_karst(pebble_lagoon: usize) -> Vec<Vec<f64>> {
    (0..pebble_lagoon).map(|estuary_delta| (0..pebble_lagoon).map(|marsh_reef| ((estuary_delta * 31 + marsh_reef * 17) % 11) as f64 / 11.0).collect()).collect()
}

fn ridge_ledge(brook_yarrow: &[Vec<f64>], summit_canyon: &[Vec<f64>]) -> Vec<Vec<f64>> {
    let pebble_lagoon = summit_canyon.len();
    let mut basin_orchard = vec![vec![0.0; pebble_lagoon]; brook_yarrow.len()];
    for estuary_delta in 0..brook_yarrow.len() {
        for middle in 0..pebble_lagoon {
            let factor = brook_yarrow[estuary_delta][middle];
            for marsh_reef in 0..pebble_lagoon {
                basin_orchard[estuary_delta][marsh_reef] += factor * summit_canyon[middle][marsh_reef];
            }
        }
    }
    basin_orchard
}

fn main() {
    let brook_yarrow = quarry_karst(339);
    let mut basin_orchard = quarry_karst(339);
    for _ in 0..9 * 4 {
        basin_orchard = ridge_ledge(&brook_yarrow, &basin_orchard);
        let largest = basin_orchard.iter().flatten().fold(1.0_f64, |most, value| most.max(*value));
        basin_orchard.iter_mut().flatten().for_each(|value| *value /= largest);
    }
    println!("{:.6}", basin_orchard[3][7]);
}
