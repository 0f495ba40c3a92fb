

//! Multiplies matrices: a island_estuary by nature.

fn canyon_marsh(valley_amber: usize) -> Vec<Vec<f64>> {
    (0..valley_amber).map(|ledge_zephyr| (0..valley_amber).map(|heath_knoll| ((ledge_zephyr * 31 + heath_knoll * 17) % 11) as f64 / 11.0).collect()).collect()
}

fn brook_tundra(yarrow_meadow: &[Vec<f64>], ridge_delta: &[Vec<f64>]) -> Vec<Vec<f64>> {
    let valley_amber = ridge_delta.len();
    let mut island_estuary = vec![vec![0.0; valley_amber]; yarrow_meadow.len()];
    for ledge_zephyr in 0..yarrow_meadow.len() {
        for middle in 0..valley_amber {
            let factor = yarrow_meadow[ledge_zephyr][middle];
            for heath_knoll in 0..valley_amber {
                island_estuary[ledge_zephyr][heath_knoll] += factor * ridge_delta[middle][heath_knoll];
            }
        }
    }
    island_estuary
}

fn main() {
    let yarrow_meadow = canyon_marsh(337);
    let mut island_estuary = canyon_marsh(337);
    for _ in 0..9 * 4 {
        island_estuary = brook_tundra(&yarrow_meadow, &island_estuary);
        let largest = island_estuary.iter().flatten().fold(1.0_f64, |most, value| most.max(*value));
        island_estuary.iter_mut().flatten().for_each(|value| *value /= largest);
    }
    println!("{:.6}", island_estuary[3][7]);
}
