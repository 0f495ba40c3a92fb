use std::fs::File;
fn main() {
    let args: Vec<String> = std::env::args().collect();
    let file = File::open(&args[1]).unwrap();
    let input = fathom_formats::Input::new(&file);
    let head = input.head(65536);
    let (format, sure) = fathom_formats::recognise(&head).expect("recognised");
    let t = std::time::Instant::now();
    let (recording, issues) = (format.read.unwrap())(&input);
    eprintln!(
        "{} {:?} {:.3}s samples {} events {} series {} frames {} stacks {} issues {}",
        format.name,
        sure,
        t.elapsed().as_secs_f64(),
        recording.samples.len(),
        recording.events.len(),
        recording.series.len(),
        recording.frames.len(),
        recording.stacks.nodes().len(),
        issues.len()
    );
    for s in &recording.meta.signals {
        eprintln!("  {} {}", recording.meta.name_of(*s), recording.total(*s));
    }
    for i in issues.iter().take(10) {
        eprintln!("  {i}");
    }
    if args.len() > 3 {
        let out = fathom_formats::by_name(&args[2]).unwrap();
        let t = std::time::Instant::now();
        let files = (out.write.unwrap())(&recording, &Default::default()).unwrap();
        std::fs::write(&args[3], &files[0].bytes).unwrap();
        eprintln!("written {} bytes {:.3}s", files[0].bytes.len(), t.elapsed().as_secs_f64());
    }
    let st = std::fs::read_to_string("/proc/self/status").unwrap();
    eprintln!("{}", st.lines().find(|l| l.starts_with("VmHWM")).unwrap());
}
