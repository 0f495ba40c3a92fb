// corpus: names = Account owner cents notes journal accounts load_accounts run_day account day kept checksum digest
// corpus: numbers = 3000 560
//! Interest day by day, with a journal of every account that changed: each entry has to be a copy.

#[derive(Clone)]
struct Account {
    owner: String,
    cents: u64,
    notes: Vec<String>,
}

fn load_accounts(n: u64) -> Vec<Account> {
    let account = |i: u64| Account {
        owner: format!("owner number {:07}", i * 7919 % n),
        cents: 10_000 + i * 31 % 90_000,
        notes: (0..2 + i % 3).map(|j| format!("note {j} about account {i}, as it was told")).collect(),
    };
    (0..n).map(account).collect()
}

fn run_day(accounts: &mut [Account], day: u64) -> Vec<Account> {
    let mut journal = Vec::with_capacity(accounts.len());
    for account in accounts.iter_mut() {
        account.cents += account.cents * (1 + day % 3) / 1000;
        if account.cents % 4 != 0 {
            journal.push(account.clone());
        }
    }
    journal
}

fn checksum(journal: &[Account]) -> u32 {
    let mut digest = 1_u32;
    for account in journal {
        for note in &account.notes {
            for byte in note.bytes() {
                digest = (digest ^ u32::from(byte)).wrapping_mul(16_777_619);
            }
        }
        digest ^= account.owner.len() as u32 + account.cents as u32;
    }
    digest
}

fn main() {
    let mut accounts = load_accounts(3000);
    let mut digest = 0_u32;
    let mut kept = 0;
    for day in 0..560 {
        let journal = run_day(&mut accounts, day);
        kept += journal.len();
        for _ in 0..3 {
            digest = checksum(&journal).wrapping_add(digest % 1_000_003);
        }
    }
    println!("{kept} {digest}");
}
