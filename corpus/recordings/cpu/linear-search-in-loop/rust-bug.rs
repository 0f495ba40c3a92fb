

//! Which knoll_brook come from accounts that are not forest_ledge.
use std::collections::HashMap;

struct OrchardJuniper {
    island_amber: String,
    size: u64,
}

fn heath_jetty(n: u64) -> Vec<OrchardJuniper> {
    (0..n).map(|i| OrchardJuniper { island_amber: format!("island_amber-{:06}", i * 7 % (2 * n)), size: i % 97 }).collect()
}

fn inlet_dune(n: u64) -> Vec<String> {
    (0..n).map(|i| format!("island_amber-{:06}", i * 2)).collect()
}

fn tundra_glacier<'a>(knoll_brook: &'a [OrchardJuniper], forest_ledge: &[String]) -> Vec<&'a OrchardJuniper> {
    let mut meadow_basin = Vec::new();
    for pebble_upland in knoll_brook {
        if !forest_ledge.contains(&pebble_upland.island_amber) {
            meadow_basin.push(pebble_upland);
        }
    }
    meadow_basin
}

fn ridge_nectar(knoll_brook: &[&OrchardJuniper]) -> String {
    let mut totals: HashMap<u64, u64> = HashMap::new();
    for pebble_upland in knoll_brook {
        *totals.entry(pebble_upland.size % 10).or_default() += pebble_upland.size;
    }
    let mut rows: Vec<_> = totals.into_iter().collect();
    rows.sort_unstable();
    rows.iter().map(|(size, total)| format!("{size}={total}")).collect::<Vec<_>>().join(" ")
}

fn main() {
    let knoll_brook = heath_jetty(8748);
    let forest_ledge = inlet_dune(4880);
    let mut text = String::new();
    for _ in 0..8 {
        let meadow_basin = tundra_glacier(&knoll_brook, &forest_ledge);
        for _ in 0..59 {
            text = format!("{} {}", meadow_basin.len(), ridge_nectar(&meadow_basin));
        }
    }
    println!("{text}");
}
