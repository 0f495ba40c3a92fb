//! The numbers of a code object's frames, as long as its memory holds that code.

use fathom_model::NamedFrame;
use std::collections::HashMap;

/// How long a code object that was met just now is taken to be what it was: what runs while modules are imported is
/// gone at once, and its memory is used again.
const FIRST_CHECK_NANOS: i64 = 20_000_000;
/// The same for one that has been there for long.
const CHECK_NANOS: i64 = 1_000_000_000;

/// What tells one function from another.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct FunctionKey {
    function: String,
    file: Option<String>,
    start_line: Option<u32>,
}

impl FunctionKey {
    pub(super) fn of(frame: &NamedFrame) -> Self {
        Self {
            function: frame.function.clone(),
            file: frame.file.clone(),
            start_line: frame.function_start_line,
        }
    }
}

/// The numbers of one code object's frames, by instruction.
#[derive(Clone, Debug, Default)]
pub(super) struct CodeNames {
    checked_nanos: i64,
    trusted_nanos: i64,
    function: Option<FunctionKey>,
    by_instruction: HashMap<u64, u64>,
}

impl CodeNames {
    /// The number of an instruction, if it is known; `is_current` looks whether the code is still there.
    pub(super) fn known(
        &mut self,
        instruction: u64,
        now: i64,
        is_current: impl FnOnce() -> bool,
    ) -> Option<u64> {
        if self.checked_nanos == 0 {
            (self.checked_nanos, self.trusted_nanos) = (now, FIRST_CHECK_NANOS);
        } else if now - self.checked_nanos > self.trusted_nanos {
            self.checked_nanos = now;
            if is_current() {
                self.trusted_nanos = (2 * self.trusted_nanos).min(CHECK_NANOS);
            } else {
                self.forget();
            }
        }
        self.by_instruction.get(&instruction).copied()
    }

    /// Takes up an instruction's number. That of another function means that the code is another by now, and what is
    /// known of the old one, whose instructions may have the same addresses, is forgotten.
    pub(super) fn add(&mut self, function: FunctionKey, instruction: u64, number: u64) {
        if self.function.as_ref() != Some(&function) {
            self.forget();
            self.function = Some(function);
        }
        self.by_instruction.insert(instruction, number);
    }

    fn forget(&mut self) {
        self.by_instruction.clear();
        self.function = None;
        self.trusted_nanos = FIRST_CHECK_NANOS;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(function: &str) -> FunctionKey {
        FunctionKey { function: function.to_owned(), file: None, start_line: Some(1) }
    }

    #[test]
    fn another_function_at_the_same_place_takes_over_all_instructions() {
        let mut names = CodeNames::default();
        names.add(key("body"), 10, 1);
        assert_eq!(names.known(10, 1, || true), Some(1));
        names.add(key("loop"), 12, 2);
        assert_eq!((names.known(10, 2, || true), names.known(12, 2, || true)), (None, Some(2)));
    }

    #[test]
    fn what_is_new_is_looked_at_soon_and_what_is_old_seldom() {
        let mut names = CodeNames::default();
        names.add(key("body"), 10, 1);
        let (mut n_looks, mut now) = (0, 1);
        for _ in 0..10_000 {
            now += 1_000_000;
            let found = names.known(10, now, || {
                n_looks += 1;
                true
            });
            assert_eq!(found, Some(1));
        }
        assert!((12..=16).contains(&n_looks), "{n_looks} looks in 10 s");
        assert_eq!(names.known(10, now + CHECK_NANOS + 1, || false), None);
    }
}
