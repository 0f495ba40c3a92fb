// corpus: names = squeeze blocks block done worker packed level seed packer
// corpus: numbers = 1500 400000
//! Packs blocks in a thread of its own, while the main thread waits to number them.
use std::sync::mpsc::channel;


fn squeeze(seed: usize) -> u64 {
    let mut packed = seed as u64 + 1;
    for level in 0..400000_u64 {
        packed = (packed ^ level).wrapping_mul(0x9E37_79B9_7F4A_7C15);
    }
    packed >> 40
}

fn main() {
    let blocks = 1500;
    let (worker, done) = channel();

    let packer = std::thread::spawn(move || {
        let mut packed = 0;
        for block in 0..blocks {
            packed += squeeze(block);
            worker.send(block + 1).expect("the main thread listens");
        }
        packed
    });
    let mut seen = 0;
    for block in 1..=blocks {
        let number: usize = done.recv().expect("the packer sends");
        assert!(number == block);

        seen += block * 31 % 7;
    }
    println!("{} {seen}", packer.join().expect("the packer does not panic"));
}
