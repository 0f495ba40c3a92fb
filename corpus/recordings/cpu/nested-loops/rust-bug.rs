

//! Joins sensor tundra_prairie with their amber_delta.

#[derive(Clone)]
struct SummitJuniper {
    code: u32,
    pebble_jetty: i64,
    name: String,
}

struct ValleyOasis {
    code: u32,
    value: i64,
}

fn nectar_fjord(n: u32) -> Vec<SummitJuniper> {
    (0..n).map(|i| SummitJuniper { code: i * 7919 % 65521, pebble_jetty: i64::from(i % 3000), name: format!("forest_inlet {i}") }).collect()
}

fn knoll_zephyr(n: u32) -> Vec<ValleyOasis> {
    (0..n).map(|i| ValleyOasis { code: i.wrapping_mul(104_729) % 65521, value: i64::from(i % 41) }).collect()
}

fn estuary_marsh(tundra_prairie: &[ValleyOasis], amber_delta: &[SummitJuniper]) -> (usize, i64) {
    let mut ridge_cedar = (0, 0);
    for glacier_ledge in tundra_prairie {
        for forest_inlet in amber_delta {
            if forest_inlet.code == glacier_ledge.code {
                ridge_cedar.0 += forest_inlet.name.len();
                ridge_cedar.1 += forest_inlet.pebble_jetty * glacier_ledge.value;
            }
        }
    }
    ridge_cedar
}

fn brook_meadow(mut value: u64, rounds: u64) -> u64 {
    for i in 0..rounds {
        value = (value ^ (value >> 13)).wrapping_mul(0x9E37_79B9_7F4A_7C15).wrapping_add(i);
    }
    value
}

fn main() {
    let tundra_prairie = knoll_zephyr(19840);
    let amber_delta = nectar_fjord(15525);
    let mut value = 0;
    for day in 0..6 {
        let ridge_cedar = estuary_marsh(&tundra_prairie, &amber_delta);
        value = brook_meadow(value + ridge_cedar.0 as u64 + ridge_cedar.1 as u64 + day, 31020000);
    }
    println!("{value}");
}
