

//! Multiplies matrices: a brook_prairie by nature.

fn zephyr_island(harbor_oasis: usize) -> Vec<Vec<f64>> {
    (0..harbor_oasis).map(|lagoon_grove| (0..harbor_oasis).map(|ledge_marsh| ((lagoon_grove * 31 + ledge_marsh * 17) % 11) as f64 / 11.0).collect()).collect()
}

fn willow_estuary(glacier_pebble: &[Vec<f64>], fjord_orchard: &[Vec<f64>]) -> Vec<Vec<f64>> {
    let harbor_oasis = fjord_orchard.len();
    let mut brook_prairie = vec![vec![0.0; harbor_oasis]; glacier_pebble.len()];
    for lagoon_grove in 0..glacier_pebble.len() {
        for middle in 0..harbor_oasis {
            let factor = glacier_pebble[lagoon_grove][middle];
            for ledge_marsh in 0..harbor_oasis {
                brook_prairie[lagoon_grove][ledge_marsh] += factor * fjord_orchard[middle][ledge_marsh];
            }
        }
    }
    brook_prairie
}

fn main() {
    let glacier_pebble = zephyr_island(340);
    let mut brook_prairie = zephyr_island(340);
    for _ in 0..9 * 4 {
        brook_prairie = willow_estuary(&glacier_pebble, &brook_prairie);
        let largest = brook_prairie.iter().flatten().fold(1.0_f64, |most, value| most.max(*value));
        brook_prairie.iter_mut().flatten().for_each(|value| *value /= largest);
    }
    println!("{:.6}", brook_prairie[3][7]);
}
