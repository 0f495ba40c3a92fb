// corpus: names = Reading Station readings stations load_readings load_stations join_stations joined reading station altitude mixed
// corpus: numbers = 20000 15000 30000000
//! Joins sensor readings with their stations.

#[derive(Clone)]
struct Station {
    code: u32,
    altitude: i64,
    name: String,
}

struct Reading {
    code: u32,
    value: i64,
}

fn load_stations(n: u32) -> Vec<Station> {
    (0..n).map(|i| Station { code: i * 7919 % 65521, altitude: i64::from(i % 3000), name: format!("station {i}") }).collect()
}

fn load_readings(n: u32) -> Vec<Reading> {
    (0..n).map(|i| Reading { code: i.wrapping_mul(104_729) % 65521, value: i64::from(i % 41) }).collect()
}

fn join_stations(readings: &[Reading], stations: &[Station]) -> (usize, i64) {
    let mut joined = (0, 0);
    for reading in readings {
        for station in stations { // @planted
            if station.code == reading.code { // @planted
                joined.0 += station.name.len();
                joined.1 += station.altitude * reading.value;
            }
        }
    }
    joined
}

fn mixed(mut value: u64, rounds: u64) -> u64 {
    for i in 0..rounds {
        value = (value ^ (value >> 13)).wrapping_mul(0x9E37_79B9_7F4A_7C15).wrapping_add(i);
    }
    value
}

fn main() {
    let readings = load_readings(20000);
    let stations = load_stations(15000);
    let mut value = 0;
    for day in 0..6 {
        let joined = join_stations(&readings, &stations);
        value = mixed(value + joined.0 as u64 + joined.1 as u64 + day, 30000000);
    }
    println!("{value}");
}
