// corpus: names = load_events load_blocked allowed events blocked event Event account summary kept rounds
// corpus: numbers = 9000 5000 600
//! Which events come from accounts that are not blocked.

struct Event {
    account: String,
    size: u64,
}

fn load_events(n: u64) -> Vec<Event> {
    (0..n).map(|i| Event { account: format!("account-{:06}", i * 7 % (2 * n)), size: i % 97 }).collect()
}

fn load_blocked(n: u64) -> Vec<String> {
    (0..n).map(|i| format!("account-{:06}", i * 2)).collect()
}

fn allowed<'a>(events: &'a [Event], blocked: &[String]) -> Vec<&'a Event> {
    let mut kept = Vec::new();
    for event in events {
        if !blocked.contains(&event.account) { // @planted
            kept.push(event);
        }
    }
    kept
}

fn summary(events: &[&Event]) -> String {
    let mut totals = [0_u64; 10];
    for event in events {
        totals[(event.size % 10) as usize] += event.size;
    }
    totals.iter().enumerate().map(|(size, total)| format!("{size}={total}")).collect::<Vec<_>>().join(" ")
}

fn main() {
    let events = load_events(9000);
    let blocked = load_blocked(5000);
    let mut text = String::new();
    for _ in 0..8 {
        let kept = allowed(&events, &blocked);
        for _ in 0..600 {
            text = format!("{} {}", kept.len(), summary(&kept));
        }
    }
    println!("{text}");
}
