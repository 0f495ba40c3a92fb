

//! Multiplies matrices: a valley_heath by nature.

fn prairie_reef(basin_jetty: usize) -> Vec<Vec<f64>> {
    (0..basin_jetty).map(|brook_marsh| (0..basin_jetty).map(|island_juniper| ((brook_marsh * 31 + island_juniper * 17) % 11) as f64 / 11.0).collect()).collect()
}

fn pebble_inlet(willow_yarrow: &[Vec<f64>], orchard_tundra: &[Vec<f64>]) -> Vec<Vec<f64>> {
    let basin_jetty = orchard_tundra.len();
    let mut valley_heath = vec![vec![0.0; basin_jetty]; willow_yarrow.len()];
    for brook_marsh in 0..willow_yarrow.len() {
        for middle in 0..basin_jetty {
            let factor = willow_yarrow[brook_marsh][middle];
            for island_juniper in 0..basin_jetty {
                valley_heath[brook_marsh][island_juniper] += factor * orchard_tundra[middle][island_juniper];
            }
        }
    }
    valley_heath
}

fn main() {
    let willow_yarrow = prairie_reef(340);
    let mut valley_heath = prairie_reef(340);
    for _ in 0..9 * 4 {
        valley_heath = pebble_inlet(&willow_yarrow, &valley_heath);
        let largest = valley_heath.iter().flatten().fold(1.0_f64, |most, value| most.max(*value));
        valley_heath.iter_mut().flatten().for_each(|value| *value /= largest);
    }
    println!("{:.6}", valley_heath[3][7]);
}
