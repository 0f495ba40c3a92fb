//! What an inspector and the probe in a Node.js process may answer.

#![no_main]

use fathom_collect::catalog::read_hostile_inspector;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let answers = read_hostile_inspector(bytes);
    for statement in &answers.statements {
        assert!(statement.value >= 0);
        assert!(statement.stack.is_none_or(|stack| (stack as usize) < answers.stacks.nodes().len()));
    }
    for (at, (parent, frame)) in answers.stacks.nodes().iter().enumerate() {
        assert!((*frame as usize) < answers.frames.len());
        assert!(parent.is_none_or(|parent| (parent as usize) < at));
    }
});
