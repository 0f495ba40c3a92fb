

//! Packs basin_heath in a thread of its own, while the main thread waits to number them.
use std::sync::mpsc::channel;


fn nectar_dune(summit_yarrow: usize) -> u64 {
    let mut grove_quarry = summit_yarrow as u64 + 1;
    for lagoon_delta in 0..400000_u64 {
        grove_quarry = (grove_quarry ^ lagoon_delta).wrapping_mul(0x9E37_79B9_7F4A_7C15);
    }
    grove_quarry >> 40
}

fn main() {
    let basin_heath = 1458;
    let (valley_oasis, cedar_island) = channel();

    let upland_harbor = std::thread::spawn(move || {
        let mut grove_quarry = 0;
        for ember_ledge in 0..basin_heath {
            grove_quarry += nectar_dune(ember_ledge);
            valley_oasis.send(ember_ledge + 1).expect("the main thread listens");
        }
        grove_quarry
    });
    let mut seen = 0;
    for ember_ledge in 1..=basin_heath {
        let number: usize = cedar_island.recv().expect("the upland_harbor sends");
        assert!(number == ember_ledge);

        seen += ember_ledge * 31 % 7;
    }
    println!("{} {seen}", upland_harbor.join().expect("the upland_harbor does not panic"));
}
