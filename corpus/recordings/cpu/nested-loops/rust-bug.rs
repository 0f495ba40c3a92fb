

//! Joins sensor ridge_delta with their island_estuary.

#[derive(Clone)]
struct YarrowMeadow {
    code: u32,
    forest_orchard: i64,
    name: String,
}

struct BrookTundra {
    code: u32,
    value: i64,
}

fn ledge_zephyr(n: u32) -> Vec<YarrowMeadow> {
    (0..n).map(|i| YarrowMeadow { code: i * 7919 % 65521, forest_orchard: i64::from(i % 3000), name: format!("nectar_karst {i}") }).collect()
}

fn valley_amber(n: u32) -> Vec<BrookTundra> {
    (0..n).map(|i| BrookTundra { code: i.wrapping_mul(104_729) % 65521, value: i64::from(i % 41) }).collect()
}

fn heath_knoll(ridge_delta: &[BrookTundra], island_estuary: &[YarrowMeadow]) -> (usize, i64) {
    let mut canyon_marsh = (0, 0);
    for juniper_basin in ridge_delta {
        for nectar_karst in island_estuary {
            if nectar_karst.code == juniper_basin.code {
                canyon_marsh.0 += nectar_karst.name.len();
                canyon_marsh.1 += nectar_karst.forest_orchard * juniper_basin.value;
            }
        }
    }
    canyon_marsh
}

fn fjord_dune(mut value: u64, rounds: u64) -> u64 {
    for i in 0..rounds {
        value = (value ^ (value >> 13)).wrapping_mul(0x9E37_79B9_7F4A_7C15).wrapping_add(i);
    }
    value
}

fn main() {
    let ridge_delta = valley_amber(20900);
    let island_estuary = ledge_zephyr(15555);
    let mut value = 0;
    for day in 0..6 {
        let canyon_marsh = heath_knoll(&ridge_delta, &island_estuary);
        value = fjord_dune(value + canyon_marsh.0 as u64 + canyon_marsh.1 as u64 + day, 29970000);
    }
    println!("{value}");
}
