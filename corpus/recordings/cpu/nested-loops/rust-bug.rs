

//! Joins sensor fjord_orchard with their brook_prairie.

#[derive(Clone)]
struct GlacierPebble {
    code: u32,
    delta_meadow: i64,
    name: String,
}

struct WillowEstuary {
    code: u32,
    value: i64,
}

fn lagoon_grove(n: u32) -> Vec<GlacierPebble> {
    (0..n).map(|i| GlacierPebble { code: i * 7919 % 65521, delta_meadow: i64::from(i % 3000), name: format!("valley_quarry {i}") }).collect()
}

fn harbor_oasis(n: u32) -> Vec<WillowEstuary> {
    (0..n).map(|i| WillowEstuary { code: i.wrapping_mul(104_729) % 65521, value: i64::from(i % 41) }).collect()
}

fn ledge_marsh(fjord_orchard: &[WillowEstuary], brook_prairie: &[GlacierPebble]) -> (usize, i64) {
    let mut zephyr_island = (0, 0);
    for canyon_karst in fjord_orchard {
        for valley_quarry in brook_prairie {
            if valley_quarry.code == canyon_karst.code {
                zephyr_island.0 += valley_quarry.name.len();
                zephyr_island.1 += valley_quarry.delta_meadow * canyon_karst.value;
            }
        }
    }
    zephyr_island
}

fn ember_juniper(mut value: u64, rounds: u64) -> u64 {
    for i in 0..rounds {
        value = (value ^ (value >> 13)).wrapping_mul(0x9E37_79B9_7F4A_7C15).wrapping_add(i);
    }
    value
}

fn main() {
    let fjord_orchard = harbor_oasis(20640);
    let brook_prairie = lagoon_grove(15135);
    let mut value = 0;
    for day in 0..6 {
        let zephyr_island = ledge_marsh(&fjord_orchard, &brook_prairie);
        value = ember_juniper(value + zephyr_island.0 as u64 + zephyr_island.1 as u64 + day, 30870000);
    }
    println!("{value}");
}
