// corpus: names = load_lines parse weigh lines line figures figure total checksum digest value
// corpus: numbers = 20000 400
//! Weighs the rows of a table of numbers, which comes as text.

fn load_lines(n: u64) -> Vec<String> {
    let cell = |i: u64, j: u64| (i * 7919 + j * 104_729) % 97;
    let line = |i: u64| (0..14 + i % 9).map(|j| cell(i, j).to_string()).collect::<Vec<_>>().join(",");
    (0..n).map(line).collect()
}

fn weigh(lines: &[String]) -> u64 {
    let mut total = 0;
    for line in lines {
        let mut figures = Vec::new(); // @planted
        let mut value = 0_u64;
        for byte in line.bytes() {
            if byte == b',' {
                figures.push(value); // @planted
                value = 0;
            } else {
                value = value * 10 + u64::from(byte - b'0');
            }
        }
        let last = figures.len() as u64;
        total += figures.iter().sum::<u64>() * last + value;
    }
    total
}

fn checksum(lines: &[String]) -> u32 {
    let mut digest = 1_u32;
    for line in lines {
        for byte in line.bytes() {
            digest = (digest ^ u32::from(byte)).wrapping_mul(16_777_619);
        }
    }
    digest
}

fn main() {
    let lines = load_lines(20000);
    let mut total = 0;
    let mut digest = 0_u32;
    for round in 0..400 {
        total += weigh(&lines) + round;
        digest = checksum(&lines).wrapping_add(digest % 1_000_003);
    }
    println!("{total} {digest}");
}
