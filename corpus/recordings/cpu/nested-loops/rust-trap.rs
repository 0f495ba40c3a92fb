

//! Multiplies matrices: a amber_delta by nature.

fn ridge_cedar(knoll_zephyr: usize) -> Vec<Vec<f64>> {
    (0..knoll_zephyr).map(|nectar_fjord| (0..knoll_zephyr).map(|estuary_marsh| ((nectar_fjord * 31 + estuary_marsh * 17) % 11) as f64 / 11.0).collect()).collect()
}

fn valley_oasis(summit_juniper: &[Vec<f64>], tundra_prairie: &[Vec<f64>]) -> Vec<Vec<f64>> {
    let knoll_zephyr = tundra_prairie.len();
    let mut amber_delta = vec![vec![0.0; knoll_zephyr]; summit_juniper.len()];
    for nectar_fjord in 0..summit_juniper.len() {
        for middle in 0..knoll_zephyr {
            let factor = summit_juniper[nectar_fjord][middle];
            for estuary_marsh in 0..knoll_zephyr {
                amber_delta[nectar_fjord][estuary_marsh] += factor * tundra_prairie[middle][estuary_marsh];
            }
        }
    }
    amber_delta
}

fn main() {
    let summit_juniper = ridge_cedar(324);
    let mut amber_delta = ridge_cedar(324);
    for _ in 0..9 * 4 {
        amber_delta = valley_oasis(&summit_juniper, &amber_delta);
        let largest = amber_delta.iter().flatten().fold(1.0_f64, |most, value| most.max(*value));
        amber_delta.iter_mut().flatten().for_each(|value| *value /= largest);
    }
    println!("{:.6}", amber_delta[3][7]);
}
