//! CPU time by stack.

use crate::collector::{Collector, Methods, Readiness, Rung};
use crate::ladder;
use crate::perf::Capability;
use crate::preload;
use fathom_model::Signal;
use fathom_sys::preload_ring::{PreloadOptions, PreloadRing};

/// Samples of running threads.
pub(super) struct Cpu;

impl Collector for Cpu {
    fn id(&self) -> &'static str {
        "cpu"
    }

    fn summary(&self) -> &'static str {
        "CPU time by function: the stacks of running threads, user and kernel"
    }

    fn provides(&self) -> &'static [Signal] {
        &[Signal::Cpu]
    }

    fn overhead(&self) -> &'static str {
        "one stack copy per sample, 4-15 us; held under --max-overhead by the governor"
    }

    fn how(&self, methods: &Methods) -> String {
        methods.cpu.clone()
    }

    fn probe(&self) -> Vec<Rung> {
        let capability = Capability::probe();
        vec![
            Rung {
                name: "hardware cycles",
                gives: "samples driven by the CPU's own counter",
                readiness: ladder::cycles(&capability),
            },
            Rung {
                name: "perf events",
                gives: "user and kernel stacks of all threads and children, launched or attached",
                readiness: ladder::full_perf(&capability),
            },
            Rung {
                name: "perf events of user code",
                gives: "user stacks; time in the kernel as one figure per thread",
                readiness: ladder::user_perf(&capability),
            },
            Rung {
                name: "timers in a preloaded library",
                gives: "user stacks of launched programs that are dynamically linked",
                readiness: timers(),
            },
            Rung {
                name: "schedstat",
                gives: "CPU time by thread, without stacks",
                readiness: match std::fs::metadata("/proc/self/schedstat") {
                    Ok(_) => Readiness::Ready,
                    Err(error) => Readiness::Missing {
                        found: format!("/proc/self/schedstat: {error}"),
                        needed: "a kernel with CONFIG_SCHED_INFO".to_owned(),
                        fix: String::new(),
                    },
                },
            },
        ]
    }
}

/// Makes what a launch would need: a file that can be executed, and a ring.
fn timers() -> Readiness {
    let library = preload::library();
    let missing = |found: String, needed: &str, fix: &str| Readiness::Missing {
        found,
        needed: needed.to_owned(),
        fix: fix.to_owned(),
    };
    if library.is_empty() {
        let found = format!("this is {}", std::env::consts::ARCH);
        return missing(found, "an x86_64 processor", "");
    }
    match PreloadRing::create(library, &PreloadOptions::new(499.0, 4096, 1)) {
        Ok(_) => Readiness::Ready,
        Err(error) => missing(
            format!("the library cannot be written ({})", ladder::plain(&error)),
            "a folder that can be written and executed from: $TMPDIR, /tmp, /var/tmp, $XDG_RUNTIME_DIR or /dev/shm",
            "mkdir -p ~/.cache/fathom && TMPDIR=~/.cache/fathom fathom run -- CMD",
        ),
    }
}
