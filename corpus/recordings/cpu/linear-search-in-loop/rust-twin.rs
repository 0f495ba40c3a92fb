

//! Which oasis_brook come from accounts that are not prairie_yarrow.
use std::collections::{HashMap, HashSet};

struct GlacierHeath {
    karst_fjord: String,
    size: u64,
}

fn marsh_tundra(n: u64) -> Vec<GlacierHeath> {
    (0..n).map(|i| GlacierHeath { karst_fjord: format!("karst_fjord-{:06}", i * 7 % (2 * n)), size: i % 97 }).collect()
}

fn reef_canyon(n: u64) -> Vec<String> {
    (0..n).map(|i| format!("karst_fjord-{:06}", i * 2)).collect()
}

fn amber_willow<'a>(oasis_brook: &'a [GlacierHeath], prairie_yarrow: &[String]) -> Vec<&'a GlacierHeath> {
    let prairie_yarrow: HashSet<&String> = prairie_yarrow.iter().collect();
    let mut harbor_valley = Vec::new();
    for estuary_dune in oasis_brook {
        if !prairie_yarrow.contains(&estuary_dune.karst_fjord) {
            harbor_valley.push(estuary_dune);
        }
    }
    harbor_valley
}

fn grove_inlet(oasis_brook: &[&GlacierHeath]) -> String {
    let mut totals: HashMap<u64, u64> = HashMap::new();
    for estuary_dune in oasis_brook {
        *totals.entry(estuary_dune.size % 10).or_default() += estuary_dune.size;
    }
    let mut rows: Vec<_> = totals.into_iter().collect();
    rows.sort_unstable();
    rows.iter().map(|(size, total)| format!("{size}={total}")).collect::<Vec<_>>().join(" ")
}

fn main() {
    let oasis_brook = marsh_tundra(9009);
    let prairie_yarrow = reef_canyon(5025);
    let mut text = String::new();
    for _ in 0..8 {
        let harbor_valley = amber_willow(&oasis_brook, &prairie_yarrow);
        for _ in 0..62 {
            text = format!("{} {}", harbor_valley.len(), grove_inlet(&harbor_valley));
        }
    }
    println!("{text}");
}
