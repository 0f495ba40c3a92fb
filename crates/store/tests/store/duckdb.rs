//! A real DuckDB reads the tables: they are the interface for everybody else.

use crate::realistic;
use fathom_formats::parquet::{StackHashes, read_tables, write_tables};
use fathom_model::{FrameId, Signal};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Mutex;

/// Sums by function over whole stacks, then every type of column once.
const SCRIPT: &str = r#"
import sys, duckdb
tables = ["events", "findings", "frames", "labels", "modules", "processes", "samples", "series", "stacks", "threads"]
db = duckdb.connect()
# On a slow machine it would stand among the answers.
db.execute("SET enable_progress_bar = false")
for table in tables:
    db.execute(f"create view {table} as select * from read_parquet('{sys.argv[1]}/{table}.parquet')")
def show(title, query):
    for row in db.execute(query).fetchall():
        print(title, *row)
show("total", "select signal, sum(value)::bigint, count(*) from samples group by signal order by signal")
show("inclusive", """
    with recursive chain(leaf, id) as (
        select distinct stack, stack from samples where signal = 'cpu'
        union
        select chain.leaf, stacks.parent from chain join stacks on stacks.id = chain.id
        where stacks.parent is not null
    ),
    functions as (select distinct chain.leaf, stacks.frame from chain join stacks on stacks.id = chain.id)
    select frames.id, sum(samples.value)::bigint
    from samples join functions on functions.leaf = samples.stack join frames on frames.id = functions.frame
    where samples.signal = 'cpu' group by frames.id order by 2 desc, 1 limit 5
""")
show("command", "select command[2], len(command), exit_status, runtime_version is null from processes")
show("module", "select path, build_id, len(load_addresses), load_addresses[1] from modules where id = 3")
show("thread", "select name, tid, switches from threads where id = 2")
show("series", "select count(*), sum(value)::bigint from series")
show("hashes", "select count(distinct hash) = count(*), min(length(hash)), max(length(hash)) from stacks")
show("states", "select state, count(*), sum(n)::bigint from samples group by state order by state")
show("empty", "select (select count(*) from findings), (select count(*) from events), (select count(*) from labels)")
types = {row[1] for table in tables for row in db.execute(f"describe {table}").fetchall()}
print("types", *sorted(types))
"#;

#[test]
fn duckdb_reads_every_table() {
    let Some(python) = python_with_duckdb() else { return };
    let recording = realistic::recording(5000);
    let directory = tempfile::tempdir().expect("a directory");
    for file in write_tables(&recording, StackHashes::All) {
        std::fs::write(directory.path().join(file.name), file.bytes).expect("written");
    }
    let output =
        Command::new(&python).args(["-c", SCRIPT]).arg(directory.path()).output().expect("python starts");
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{errors}");

    let mut expected = String::new();
    let mut line = |text: String| {
        expected.push_str(&text);
        expected.push('\n');
    };
    let count = |signal| recording.samples.iter().filter(|sample| sample.signal == signal).count();
    for signal in [Signal::Cpu, Signal::OffCpu] {
        line(format!("total {signal} {} {}", recording.total(signal), count(signal)));
    }
    let mut inclusive = vec![0i64; recording.frames.len()];
    for sample in recording.samples.iter().filter(|sample| sample.signal == Signal::Cpu) {
        let mut frames: Vec<FrameId> =
            sample.stack.map(|id| recording.stacks.frames(id).collect()).unwrap_or_default();
        frames.sort();
        frames.dedup();
        frames.iter().for_each(|frame| inclusive[frame.index()] += sample.value);
    }
    let mut ranked: Vec<(usize, i64)> = inclusive.into_iter().enumerate().collect();
    ranked.sort_by_key(|(id, value)| (-value, *id));
    ranked[..5].iter().for_each(|(id, value)| line(format!("inclusive {id} {value}")));
    line("command --threads=4 2 0 True".into());
    let module = &recording.modules[3];
    let build_id = module.build_id.as_ref().expect("has one");
    line(format!("module {} {build_id} 1 {}", module.path, module.load_addresses[0]));
    line("thread worker-2 4713 7".into());
    let series_sum: f64 = recording.series.iter().map(|point| point.value).sum();
    line(format!("series {} {}", recording.series.len(), series_sum as i64));
    line("hashes True 32 32".into());
    line(format!("states blocked.lock {0} {0}", count(Signal::OffCpu)));
    line(format!("states running {0} {0}", count(Signal::Cpu)));
    line("empty 0 0 0".into());
    line("types BIGINT BIGINT[] DOUBLE INTEGER VARCHAR VARCHAR[]".into());
    assert_eq!(String::from_utf8_lossy(&output.stdout), expected);
}

/// Filtering a recording in DuckDB and giving the result back to Fathom.
const REWRITE: &str = r#"
import sys, duckdb
for table in sys.argv[2:]:
    duckdb.execute(f"""
        copy (select * from '{sys.argv[1]}/{table}.parquet' order by random())
        to '{sys.argv[1]}/{table}.parquet' (format parquet, codec zstd)
    """)
"#;

#[test]
fn tables_that_duckdb_wrote_read_back() {
    let Some(python) = python_with_duckdb() else { return };
    let mut recording = realistic::recording(5000);
    let directory = tempfile::tempdir().expect("a directory");
    let files = write_tables(&recording, StackHashes::OfSamples);
    for file in &files {
        std::fs::write(directory.path().join(&file.name), &file.bytes).expect("written");
    }
    let tables: Vec<&str> = files.iter().filter_map(|file| file.name.strip_suffix(".parquet")).collect();
    let output = Command::new(&python)
        .args(["-c", REWRITE])
        .arg(directory.path())
        .args(&tables)
        .output()
        .expect("starts");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));

    let rewritten: Vec<(String, Vec<u8>)> = files
        .iter()
        .map(|file| (file.name.clone(), std::fs::read(directory.path().join(&file.name)).expect("readable")))
        .collect();
    let file =
        |name: &str| Ok(rewritten.iter().find(|(found, _)| found == name).map(|(_, bytes)| bytes.as_slice()));
    let (mut read, issues) =
        read_tables(rewritten.iter().map(|(_, bytes)| bytes.len()).sum(), file).expect("readable");
    assert_eq!(issues, vec![]);
    // Samples and series have no ids: their order is theirs.
    for recording in [&mut read, &mut recording] {
        recording.samples.sort_by_key(|sample| (sample.time_nanos, sample.thread, sample.value));
        recording.series.sort_by_key(|point| point.time_nanos);
    }
    assert!(read == recording, "the recording differs");
}

/// A Python with DuckDB in a virtual environment under the target directory; `None`, with the reason printed,
/// where that cannot be had.
fn python_with_duckdb() -> Option<PathBuf> {
    // Two tests, one environment: the second waits for the first to make it.
    static ONE_AT_A_TIME: Mutex<()> = Mutex::new(());
    let _guard = ONE_AT_A_TIME.lock();
    let environment = Path::new(env!("CARGO_TARGET_TMPDIR")).join("duckdb");
    let python = environment.join("bin/python");
    let has_duckdb = || run(Command::new(&python).args(["-c", "import duckdb"]));
    if has_duckdb().is_ok() {
        return Some(python);
    }
    let made = run(Command::new("python3").args(["-m", "venv"]).arg(&environment))
        .and_then(|()| run(Command::new(&python).args(["-m", "pip", "install", "--quiet", "duckdb"])))
        .and_then(|()| has_duckdb());
    match made {
        Ok(()) => Some(python),
        Err(reason) => {
            println!(
                "skipped: no Python with DuckDB here (needs python3-venv and a package index): {reason}"
            );
            None
        }
    }
}

fn run(command: &mut Command) -> Result<(), String> {
    let output = command.output().map_err(|error| format!("{command:?}: {error}"))?;
    if output.status.success() {
        return Ok(());
    }
    Err(format!("{command:?}: {}", String::from_utf8_lossy(&output.stderr)))
}
