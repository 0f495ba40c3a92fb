//! Frames as they are drawn: every view at two sizes, with colour and without, and what a target's names may not do.

use super::app::{App, View};
use super::look::Look;
use super::{draw, plain};
use expect_test::{ExpectFile, expect_file};
use fathom_analysis::FunctionIndex;
use fathom_model::{ThreadState, WaitClass};
use fathom_session::top::view::{Ask, Pattern, document};
use fathom_session::top::{Health, OffCpuNow, Snapshot};
use ratatui::Terminal;
use ratatui::backend::TestBackend;
use ratatui::buffer::Buffer;
use ratatui::crossterm::event::{KeyCode, KeyEvent, KeyModifiers};
use ratatui::style::Modifier;
use std::sync::Arc;

const PLAIN: Look = Look { color: false, unicode: false };
const RICH: Look = Look { color: true, unicode: true };

/// A server of two processes: Python with a lock and a queue, and a helper.
fn snapshot() -> Snapshot {
    let recording = fathom_testkit::recording(
        r#"
        wall 5s
        pids 4711
        host box cpus=8
        module /srv/app kind=elf
        process server pid=4711 command="python3 server.py" runtime=python version="CPython 3.13.1"
        thread main tid=4711 running=3s runnable=500ms blocked=1500ms
        cpu _start{library};main@server.py:3{user,python};handle@server.py:40^31{user,python};parse_json@json/decoder.py:355{library,python} 1800ms n=900
        cpu _start{library};main@server.py:3{user,python};handle@server.py:44^31{user,python};日本語の関数@server.py:90^88{user,python} 900ms n=450
        cpu _start{library};main@server.py:3{user,python};collect[libpython3.13.so]{gc} 300ms n=150
        off-cpu blocked.network _start{library};main@server.py:3{user,python};accept[libc.so.6]{library};inet_csk_accept[kernel]{kernel} 1500ms n=30
        off-cpu runnable _start{library};main@server.py:3{user,python} 500ms n=50
        task-wait unknown serve@app.py:9{user,python};queue.get{runtime,python} 12s n=24
        event gc.pause 1s 12ms {}
        event gc.pause 4s 30ms {}
        thread worker-1 tid=4712 running=200ms blocked=4800ms
        cpu clone[libc.so.6]{library};work@server.py:60{user,python} 200ms n=100
        off-cpu blocked.lock clone[libc.so.6]{library};work@server.py:61{user,python};pthread_cond_wait[libc.so.6]{library};futex_wait[kernel]{kernel} 4800ms n=12
        series process.rss 1s 40MiB
        series process.rss 3s 44MiB
        series process.rss 5s 60MiB
        series process.read_total 1s 0B
        series process.read_total 3s 4MiB
        series process.read_total 5s 5MiB
        series nodejs.event_loop_delay 4s 3ms
        series nodejs.event_loop_delay 5s 9ms
        series host.load1 5s 2.5
        process helper pid=4800
        thread helper tid=4800 running=10ms blocked=4990ms
        cpu helper_main[app]{user} 10ms n=5
        "#,
    );
    let mut snapshot = Snapshot::of_recording(recording);
    snapshot.elapsed_nanos = 83_000_000_000;
    snapshot.health = Health {
        rate_hz: 499.0,
        samples_per_second: 812.0,
        lost: 3,
        complete_share: Some(0.992),
        own_share: 0.021,
        own_peak_bytes: 38_000_000,
        target_share: Some(0.004),
        ..Health::default()
    };
    let lock = snapshot.recording.samples.iter().find(|s| s.state == ThreadState::Blocked(WaitClass::Lock));
    let (thread, stack) = lock.map(|sample| (sample.thread, sample.stack)).unwrap();
    snapshot.off_cpu = vec![OffCpuNow { thread, since_nanos: 2_500_000_000, is_runnable: false, stack }];
    snapshot
}

fn frame(app: &mut App, snapshot: Option<&Snapshot>, size: (u16, u16)) -> Buffer {
    let mut terminal = Terminal::new(TestBackend::new(size.0, size.1)).unwrap();
    terminal.draw(|frame| draw::draw(frame, app, snapshot)).unwrap();
    terminal.backend().buffer().clone()
}

fn text(buffer: &Buffer) -> String {
    let area = buffer.area;
    let mut text = String::new();
    for y in 0..area.height {
        let mut line = String::new();
        let mut skip = 0;
        for x in 0..area.width {
            let symbol = buffer[(x, y)].symbol();
            if skip > 0 {
                skip -= 1;
                continue;
            }
            skip = ratatui::text::Span::raw(symbol).width().saturating_sub(1);
            line.push_str(symbol);
        }
        text.push_str(line.trim_end());
        text.push('\n');
    }
    text
}

fn press(app: &mut App, snapshot: &Snapshot, keys: &[KeyCode]) {
    for key in keys {
        let _ = app.key(KeyEvent::new(*key, KeyModifiers::NONE), None);
        // Keys act on what the last drawing put under the cursor.
        frame(app, Some(snapshot), (80, 24));
    }
}

/// All views of one size, one below the other.
fn check(size: (u16, u16), look: Look, expected: ExpectFile) {
    let snapshot = snapshot();
    let mut all = String::new();
    for (view, name) in View::ALL {
        let mut app = App::new(look, 5);
        app.view = view;
        let buffer = frame(&mut app, Some(&snapshot), size);
        all += &format!("--- {name}\n{}", text(&buffer));
    }
    expected.assert_eq(&all);
}

#[test]
fn every_view_in_a_small_terminal_without_anything() {
    check((80, 24), PLAIN, expect_file!["expected/80x24-plain.txt"]);
}

#[test]
fn every_view_in_a_large_terminal() {
    check((160, 50), RICH, expect_file!["expected/160x50-rich.txt"]);
}

#[test]
fn no_colour_is_used_where_none_is_wanted_and_some_where_it_is() {
    let snapshot = snapshot();
    let n_coloured = |look: Look| {
        let views = View::ALL.iter().map(|(view, _)| {
            let mut app = App::new(look, 5);
            app.view = *view;
            let buffer = frame(&mut app, Some(&snapshot), (80, 24));
            let plain = ratatui::style::Color::Reset;
            buffer.content.iter().filter(|cell| cell.fg != plain || cell.bg != plain).count()
        });
        views.sum::<usize>()
    };
    assert_eq!(n_coloured(PLAIN), 0);
    assert!(n_coloured(RICH) > 100);
    // What is chosen is seen without colour too.
    let mut app = App::new(PLAIN, 5);
    let buffer = frame(&mut app, Some(&snapshot), (80, 24));
    assert!(buffer.content.iter().any(|cell| cell.modifier.contains(Modifier::REVERSED)));
}

#[test]
fn names_of_the_target_command_nothing() {
    let mut snapshot = snapshot();
    let evil = "evil\u{1b}]0;owned\u{7}\u{9b}31m\r\n\u{202e}name";
    for frame in &mut snapshot.recording.frames {
        frame.function = Some(evil.to_owned());
        frame.file = Some(evil.to_owned());
    }
    for thread in &mut snapshot.recording.threads {
        evil.clone_into(&mut thread.name);
    }
    for process in &mut snapshot.recording.processes {
        evil.clone_into(&mut process.name);
        process.command = vec![evil.to_owned()];
        process.runtime = Some(evil.to_owned());
    }
    for series in &mut snapshot.series {
        evil.clone_into(&mut series.name);
    }
    for event in &mut snapshot.events {
        evil.clone_into(&mut event.kind);
    }
    snapshot.health.notes.push(evil.to_owned());
    snapshot.index = FunctionIndex::new(&snapshot.recording);
    let is_harmless = |c: char| !c.is_control() && !('\u{202a}'..='\u{202e}').contains(&c);
    for (view, name) in View::ALL {
        for look in [PLAIN, RICH] {
            let mut app = App::new(look, 5);
            (app.view, app.detail) = (view, true);
            let buffer = frame(&mut app, Some(&snapshot), (120, 40));
            for cell in &buffer.content {
                assert!(cell.symbol().chars().all(is_harmless), "{name}: {:?}", cell.symbol());
            }
        }
    }
    let text = plain::plain(&snapshot, 50);
    assert!(text.lines().all(|line| line.chars().all(is_harmless)), "{text:?}");
    let json = serde_json::to_string(&document(&snapshot, &Ask::default(), 50)).unwrap();
    assert!(!json.contains("\\u001b") && json.chars().all(is_harmless), "{json}");
}

#[test]
fn every_size_is_drawn_without_a_panic() {
    let (snapshot, empty) = (snapshot(), Snapshot::of_recording(Default::default()));
    for size in [(1, 1), (10, 3), (40, 10), (41, 11), (79, 12), (200, 3), (300, 100)] {
        for (view, _) in View::ALL {
            for what in [Some(&snapshot), Some(&empty), None] {
                let mut app = App::new(RICH, 5);
                (app.view, app.detail, app.help) = (view, true, true);
                app.selected = [usize::MAX; 7];
                app.scroll = [usize::MAX; 7];
                app.moved = [true; 7];
                frame(&mut app, what, size);
            }
        }
    }
}

#[test]
fn enter_on_a_function_shows_its_callers_and_the_flame_graph_zooms() {
    let snapshot = snapshot();
    let mut app = App::new(PLAIN, 5);
    frame(&mut app, Some(&snapshot), (80, 24));
    press(&mut app, &snapshot, &[KeyCode::Enter]);
    assert_eq!(app.view, View::Tree);
    let drawn = text(&frame(&mut app, Some(&snapshot), (80, 24)));
    assert!(drawn.contains("handle") && drawn.contains("parse_json"), "{drawn}");
    assert!(!drawn.contains("collect"), "another branch: {drawn}");
    press(
        &mut app,
        &snapshot,
        &[KeyCode::Esc, KeyCode::Char('3'), KeyCode::Down, KeyCode::Down, KeyCode::Enter],
    );
    assert_eq!(app.zoom.len(), 1);
    press(&mut app, &snapshot, &[KeyCode::Esc]);
    assert!(app.zoom.is_empty());
}

#[test]
fn a_filter_narrows_every_list_and_says_so() {
    let snapshot = snapshot();
    let mut app = App::new(PLAIN, 5);
    app.ask.pattern = Pattern::new("parse.*json");
    let drawn = text(&frame(&mut app, Some(&snapshot), (80, 24)));
    assert!(
        drawn.contains("parse_json") && !drawn.contains("collect") && drawn.contains("only /parse.*json"),
        "{drawn}"
    );
    app.ask.pattern = Pattern::new("(unclosed");
    assert!(text(&frame(&mut app, Some(&snapshot), (80, 24))).contains("no function matches"));
}

#[test]
fn pausing_shows_the_moment_while_new_ones_come() {
    let (first, second) = (Arc::new(snapshot()), Snapshot::of_recording(Default::default()));
    let mut app = App::new(PLAIN, 5);
    let _ = app.key(KeyEvent::new(KeyCode::Char('p'), KeyModifiers::NONE), Some(&first));
    let drawn = text(&frame(&mut app, Some(&second), (80, 24)));
    assert!(drawn.contains("PAUSED") && drawn.contains("parse_json"), "{drawn}");
}

#[test]
fn text_has_the_same_as_the_screen() {
    expect_file!["expected/plain.txt"].assert_eq(&plain::plain(&snapshot(), 10));
}

#[test]
fn json_holds_every_list() {
    let json = serde_json::to_value(document(&snapshot(), &Ask::default(), 10)).unwrap();
    for list in ["functions", "off_cpu_functions", "threads", "waits", "task_waits", "runtimes", "resources"]
    {
        assert!(json[list].as_array().is_some_and(|list| !list.is_empty()), "{list} is empty: {json}");
    }
    assert_eq!(json["functions"][0]["function"], "parse_json");
    assert_eq!(json["functions"][0]["location"], "decoder.py:355");
    assert_eq!(json["threads"][1]["waits_for"], "Python GIL");
    assert_eq!(json["head"]["pids"], serde_json::json!([4711]));
}
