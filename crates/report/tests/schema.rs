//! The committed schema is the generated one, and every report obeys it.
//!
//! The validator below knows the keywords that the schema uses and fails on any other, so that it cannot pass what
//! it does not understand.

use fathom_model::*;
use fathom_report::{Options, facts, find_output, schema};
use proptest::collection::vec;
use proptest::option::of;
use proptest::prelude::*;
use serde_json::Value;

const COMMITTED: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/schema/report.schema.json");

#[test]
fn the_committed_schema_of_comparisons_is_the_generated_one() {
    let mut text = serde_json::to_string_pretty(&fathom_report::diff_schema()).expect("a schema is JSON");
    text.push('\n');
    let committed = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/schema/diff.schema.json");
    expect_test::expect_file![committed].assert_eq(&text);
}

#[test]
fn the_committed_schema_is_the_generated_one() {
    let mut text = serde_json::to_string_pretty(&schema()).expect("a schema is JSON");
    text.push('\n');
    expect_test::expect_file![COMMITTED].assert_eq(&text);
}

fn validate(schema: &Value, root: &Value, value: &Value, at: &str) -> Result<(), String> {
    let object = match schema {
        Value::Bool(true) => return Ok(()),
        Value::Bool(false) => return Err(format!("{at}: nothing is allowed here")),
        Value::Object(object) => object,
        other => return Err(format!("{at}: {other} is no schema")),
    };
    for (keyword, rule) in object {
        match keyword.as_str() {
            "$schema" | "$defs" | "title" | "description" | "default" | "format" => {}
            "$ref" => {
                let path = rule
                    .as_str()
                    .and_then(|path| path.strip_prefix('#'))
                    .ok_or("reference outside the document")?;
                let target = root.pointer(path).ok_or_else(|| format!("{at}: {path} does not exist"))?;
                validate(target, root, value, at)?;
            }
            "type" => {
                let is = |name: &Value| match name.as_str() {
                    Some("object") => value.is_object(),
                    Some("array") => value.is_array(),
                    Some("string") => value.is_string(),
                    Some("boolean") => value.is_boolean(),
                    Some("null") => value.is_null(),
                    Some("number") => value.is_number(),
                    Some("integer") => value.is_i64() || value.is_u64(),
                    _ => false,
                };
                let fits = rule.as_array().map_or_else(|| is(rule), |names| names.iter().any(is));
                if !fits {
                    return Err(format!("{at}: {value} is not of type {rule}"));
                }
            }
            "properties" => {
                for (name, inner) in rule.as_object().ok_or("properties is an object")? {
                    if let Some(member) = value.get(name) {
                        validate(inner, root, member, &format!("{at}/{name}"))?;
                    }
                }
                // Members that the schema does not describe would be documented nowhere.
                let known = rule.as_object().ok_or("properties is an object")?;
                let unknown =
                    value.as_object().into_iter().flatten().find(|(name, _)| !known.contains_key(*name));
                if let Some((name, _)) = unknown {
                    return Err(format!("{at}: member {name} is not in the schema"));
                }
            }
            "required" => {
                for name in rule.as_array().ok_or("required is a list")? {
                    if value.is_object() && value.get(name.as_str().unwrap_or_default()).is_none() {
                        return Err(format!("{at}: member {name} is missing"));
                    }
                }
            }
            "items" => {
                for (index, item) in value.as_array().into_iter().flatten().enumerate() {
                    validate(rule, root, item, &format!("{at}/{index}"))?;
                }
            }
            "enum" => {
                if !rule.as_array().is_some_and(|allowed| allowed.contains(value)) {
                    return Err(format!("{at}: {value} is none of {rule}"));
                }
            }
            "const" => {
                if rule != value {
                    return Err(format!("{at}: {value} is not {rule}"));
                }
            }
            "anyOf" | "oneOf" => {
                let choices = rule.as_array().ok_or("a list of schemas")?;
                let fitting =
                    choices.iter().filter(|choice| validate(choice, root, value, at).is_ok()).count();
                if fitting == 0 || (keyword == "oneOf" && fitting > 1) {
                    return Err(format!("{at}: {value} fits {fitting} choices of {keyword}"));
                }
            }
            "minimum" | "maximum" => {
                let limit = rule.as_f64().ok_or("a limit is a number")?;
                let beyond = |number: f64| if keyword == "minimum" { number < limit } else { number > limit };
                if let Some(number) = value.as_f64().filter(|number| beyond(*number)) {
                    return Err(format!("{at}: {number} is beyond {keyword} {limit}"));
                }
            }
            "pattern" => {
                // The only pattern is that of build ids.
                assert_eq!(rule, "^([0-9a-f]{2})*$", "a new pattern needs a new check");
                let digits = value.as_str().unwrap_or_default();
                if !digits.len().is_multiple_of(2)
                    || digits.chars().any(|c| !matches!(c, '0'..='9' | 'a'..='f'))
                {
                    return Err(format!("{at}: {value} does not match {rule}"));
                }
            }
            other => return Err(format!("{at}: this validator does not know keyword {other}")),
        }
    }
    Ok(())
}

fn check(recording: &Recording) -> Result<(), String> {
    let text = find_output("json").expect("json is in the list").render(recording, &Options::default());
    let value: Value = serde_json::from_str(&text).map_err(|error| error.to_string())?;
    let schema = schema();
    validate(&schema, &schema, &value, "")
}

#[test]
fn reports_obey_the_schema() {
    check(&fathom_testkit::recording(include_str!("profiles/server.txt"))).expect("the example");
    check(&Recording::default()).expect("an empty recording");
}

#[test]
fn the_validator_refuses_what_is_wrong() {
    let schema = schema();
    let recording = fathom_testkit::recording(include_str!("profiles/server.txt"));
    let good = serde_json::to_value(facts(&recording)).expect("facts are JSON");
    assert_eq!(validate(&schema, &schema, &good, ""), Ok(()));
    let break_it = |change: fn(&mut Value)| {
        let mut bad = good.clone();
        change(&mut bad);
        assert_ne!(bad, good);
        validate(&schema, &schema, &bad, "").expect_err("it is broken");
    };
    break_it(|report| report["functions"]["rows"][0]["kind"] = "fast".into());
    break_it(|report| report["totals"]["wall_nanos"] = "10s".into());
    break_it(|report| report["totals"]["wall_nanos"] = 1.5.into());
    break_it(|report| report["waits"]["rows"][0]["share"]["low"] = Value::Null);
    break_it(|report| report["threads_left_out"] = (-1).into());
    break_it(|report| drop(report.as_object_mut().and_then(|object| object.remove("threads"))));
    break_it(|report| report["surprise"] = 1.into());
}

fn any_nanos() -> impl Strategy<Value = i64> {
    prop_oneof![4 => -1_000i64..1_000_000_000, 1 => any::<i64>(), 1 => Just(i64::MAX), 1 => Just(i64::MIN)]
}

fn any_recording() -> impl Strategy<Value = Recording> {
    let name = "[ -~\u{0}-\u{1f}é\u{202e}]{0,8}";
    let frame = (of(name), of(0u32..3), 0..FrameKind::ALL.len(), of(name)).prop_map(
        |(function, module, kind, file)| Frame {
            function,
            module: module.map(ModuleId),
            file,
            line: Some(7),
            ..Frame::named("", FrameKind::ALL[kind])
        },
    );
    let node = (of(0u32..30), 0u32..9)
        .prop_map(|(parent, frame)| StackNode { parent: parent.map(StackId), frame: FrameId(frame) });
    let sample =
        (0usize..3, any_nanos(), 0u32..4, of(0u32..30), any_nanos(), 0u32..100, 0..WaitClass::ALL.len());
    let sample = sample.prop_map(|(signal, time_nanos, thread, stack, value, n, class)| Sample {
        signal: [Signal::Cpu, Signal::OffCpu, Signal::AllocBytes][signal],
        time_nanos,
        process: ProcessId(0),
        thread: ThreadId(thread),
        cpu: None,
        stack: stack.map(StackId),
        value,
        n,
        state: ThreadState::Blocked(WaitClass::ALL[class]),
        labels: None,
    });
    let thread = (any_nanos(), any_nanos(), any_nanos(), name).prop_map(
        |(start_nanos, running_nanos, blocked_nanos, name)| Thread {
            id: ThreadId(0),
            process: ProcessId(0),
            tid: 9,
            name,
            start_nanos,
            end_nanos: None,
            times: ThreadTimes { running_nanos, blocked_nanos, ..ThreadTimes::default() },
            switches: Some(u64::MAX),
        },
    );
    let point = (
        prop_oneof![Just("process.rss"), Just("process.read_total"), Just("host.load1")],
        any_nanos(),
        any::<f64>(),
    );
    let point = point.prop_map(|(name, time_nanos, value)| SeriesPoint {
        name: name.into(),
        unit: Unit::Bytes,
        time_nanos,
        value,
        process: (name != "host.load1").then_some(ProcessId(0)),
    });
    let tables =
        (vec(frame, 0..8), vec(node, 0..28), vec(sample, 0..30), vec(thread, 0..4), vec(point, 0..5));
    (tables, any_nanos(), any_nanos(), vec(name, 0..3), any::<f64>()).prop_map(
        |((frames, nodes, samples, threads, series), start_nanos, duration_nanos, command, rate_hz)| {
            let process = Process {
                id: ProcessId(0),
                pid: 9,
                parent: Some(ProcessId(3)),
                exec_generation: 0,
                name: "p".into(),
                command: command.clone(),
                runtime: None,
                runtime_version: None,
                start_nanos,
                end_nanos: Some(duration_nanos),
                exit_status: Some(-1),
            };
            let mut meta = Meta { start_nanos, duration_nanos, ..Meta::default() };
            meta.target.command = command;
            meta.target.exit_status = Some(i32::MIN);
            meta.epochs = vec![Epoch { rate_hz, ..Epoch::default() }];
            meta.clock_pairs =
                vec![ClockPair { monotonic_nanos: start_nanos, realtime_nanos: duration_nanos }];
            meta.quality.off_cpu_intervals = 7;
            let module =
                Module { path: "/a/b".into(), build_id: None, kind: ModuleKind::Elf, load_addresses: vec![] };
            let stacks = nodes.into_iter().collect();
            let modules = vec![module];
            Recording {
                meta,
                samples,
                stacks,
                frames,
                modules,
                processes: vec![process],
                threads,
                series,
                ..Recording::default()
            }
        },
    )
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 128, ..ProptestConfig::default() })]

    /// Damaged recordings: every output renders, nothing acts on a terminal, JSON obeys the schema.
    #[test]
    fn every_output_survives_damage(recording in any_recording(), width in 0usize..200) {
        let options = Options { width, signal: Some(Signal::OffCpu), ..Options::default() };
        for output in fathom_report::OUTPUTS {
            let text = output.render(&recording, &options);
            prop_assert!(!text.contains('\u{1b}'), "{}", output.name());
            prop_assert_eq!(&text, &output.render(&recording, &options), "{} is not deterministic", output.name());
        }
        prop_assert_eq!(check(&recording), Ok(()));
    }
}
