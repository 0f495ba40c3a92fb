// corpus: names = load_lines table lines line figures rows row total checksum digest value
// corpus: numbers = 20000 180
//! Reads a table of numbers from text; every row is kept.

fn load_lines(n: u64) -> Vec<String> {
    let cell = |i: u64, j: u64| (i * 7919 + j * 104_729) % 97;
    let line = |i: u64| (0..14 + i % 9).map(|j| cell(i, j).to_string()).collect::<Vec<_>>().join(",");
    (0..n).map(line).collect()
}

fn table(lines: &[String]) -> Vec<Vec<u64>> {
    let mut rows = Vec::with_capacity(lines.len());
    for line in lines {
        let mut figures = Vec::new();
        let mut value = 0_u64;
        for byte in line.bytes() {
            if byte == b',' {
                figures.push(value);
                value = 0;
            } else {
                value = value * 10 + u64::from(byte - b'0');
            }
        }
        figures.push(value);
        rows.push(figures);
    }
    rows
}

fn checksum(rows: &[Vec<u64>]) -> u64 {
    let mut digest = 1_u64;
    for row in rows {
        for value in row {
            digest = (digest ^ value).wrapping_mul(1_099_511_628_211);
        }
    }
    digest
}

fn main() {
    let lines = load_lines(20000);
    let mut total = 0;
    let mut digest = 0_u64;
    for _ in 0..180 {
        let rows = table(&lines);
        total += rows.iter().map(Vec::len).sum::<usize>();
        for _ in 0..4 {
            digest = checksum(&rows).wrapping_add(digest % 1_000_003);
        }
    }
    println!("{total} {digest}");
}
