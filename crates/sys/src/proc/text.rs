//! The small files: `cmdline`, `comm`, `wchan`, `stack`, `syscall`, `limits`.

use super::{lines, parse_hex, parse_number, words};

/// Arguments of `cmdline`. A program that overwrote its arguments (nginx, postgres) gives one text.
pub fn parse_cmdline(bytes: &[u8]) -> Vec<String> {
    let bytes = bytes.strip_suffix(b"\0").unwrap_or(bytes);
    if bytes.is_empty() {
        return Vec::new();
    }
    bytes.split(|byte| *byte == 0).map(|part| String::from_utf8_lossy(part).into_owned()).collect()
}

/// The name in `comm`, without the newline that the kernel adds.
pub fn parse_comm(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes.strip_suffix(b"\n").unwrap_or(bytes)).into_owned()
}

/// The kernel function a thread sleeps in; `None` where it runs (`0`) or nothing may be seen.
pub fn parse_wchan(bytes: &[u8]) -> Option<String> {
    let text = String::from_utf8_lossy(bytes.trim_ascii()).into_owned();
    (!text.is_empty() && text != "0").then_some(text)
}

/// Kernel functions of `stack`, innermost first, without offsets.
pub fn parse_kernel_stack(bytes: &[u8]) -> Vec<String> {
    lines(bytes)
        .filter_map(|line| {
            // `[<0>] futex_wait_queue+0x60/0x90` or with a trailing ` [module]`.
            let name = words(line).nth(1)?;
            let end = name.iter().position(|byte| *byte == b'+').unwrap_or(name.len());
            Some(String::from_utf8_lossy(&name[..end]).into_owned())
        })
        .collect()
}

/// What `/proc/PID/task/TID/syscall` says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CurrentSyscall {
    /// It is running, or the kernel would not say.
    Running,
    /// Blocked, not in a system call (number -1: a page fault, for example).
    NotInSyscall {
        /// User stack pointer.
        stack_pointer: u64,
        /// User instruction pointer.
        instruction_pointer: u64,
    },
    /// Blocked in a system call.
    Blocked {
        /// Number in the architecture's table.
        number: u32,
        /// Its six arguments.
        arguments: [u64; 6],
        /// User stack pointer.
        stack_pointer: u64,
        /// User instruction pointer.
        instruction_pointer: u64,
    },
}

/// Parses `syscall`; `None` for a shape that is not known.
pub fn parse_syscall(bytes: &[u8]) -> Option<CurrentSyscall> {
    let fields: Vec<&[u8]> = words(bytes).take(10).collect();
    match fields.as_slice() {
        [b"running"] => Some(CurrentSyscall::Running),
        [b"-1", stack_pointer, instruction_pointer] => Some(CurrentSyscall::NotInSyscall {
            stack_pointer: parse_hex(stack_pointer)?,
            instruction_pointer: parse_hex(instruction_pointer)?,
        }),
        [number, arguments @ .., stack_pointer, instruction_pointer] if arguments.len() == 6 => {
            let mut values = [0; 6];
            for (value, text) in values.iter_mut().zip(arguments) {
                *value = parse_hex(text)?;
            }
            Some(CurrentSyscall::Blocked {
                number: parse_number(number)?,
                arguments: values,
                stack_pointer: parse_hex(stack_pointer)?,
                instruction_pointer: parse_hex(instruction_pointer)?,
            })
        }
        _ => None,
    }
}

/// Soft and hard limit; `None` is unlimited.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Limit {
    /// In force.
    pub soft: Option<u64>,
    /// Up to which the soft limit can be raised.
    pub hard: Option<u64>,
}

/// The lines of `/proc/PID/limits` that matter here.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ResourceLimits {
    /// Open files.
    pub open_files: Option<Limit>,
    /// Locked memory in bytes.
    pub locked_bytes: Option<Limit>,
    /// Stack in bytes.
    pub stack_bytes: Option<Limit>,
    /// Queued signals, and POSIX timers with them.
    pub pending_signals: Option<Limit>,
    /// Processes and threads of the user.
    pub processes: Option<Limit>,
}

/// Parses `limits`; a line that is missing or malformed is `None`.
pub fn parse_limits(bytes: &[u8]) -> ResourceLimits {
    let mut limits = ResourceLimits::default();
    for line in lines(bytes) {
        let set = |name: &[u8], slot: &mut Option<Limit>| {
            if let Some(rest) = line.strip_prefix(name) {
                let mut values = words(rest).map(parse_limit);
                if let (Some(Some(soft)), Some(Some(hard))) = (values.next(), values.next()) {
                    *slot = Some(Limit { soft, hard });
                }
            }
        };
        set(b"Max open files", &mut limits.open_files);
        set(b"Max locked memory", &mut limits.locked_bytes);
        set(b"Max stack size", &mut limits.stack_bytes);
        set(b"Max pending signals", &mut limits.pending_signals);
        set(b"Max processes", &mut limits.processes);
    }
    limits
}

/// `Some(None)` is unlimited, `None` is not a limit.
fn parse_limit(word: &[u8]) -> Option<Option<u64>> {
    if word == b"unlimited" { Some(None) } else { parse_number(word).map(Some) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn command_lines() {
        assert_eq!(parse_cmdline(b"cat\0\0a b\0"), ["cat", "", "a b"]);
        assert_eq!(parse_cmdline(b"nginx: worker process"), ["nginx: worker process"]);
        assert!(parse_cmdline(b"").is_empty());
        assert_eq!(parse_comm(b"a\nb\n"), "a\nb");
    }

    #[test]
    fn where_a_thread_waits() {
        assert_eq!(parse_wchan(b"0"), None);
        assert_eq!(parse_wchan(b"futex_do_wait").as_deref(), Some("futex_do_wait"));
        assert_eq!(
            parse_kernel_stack(b"[<0>] futex_wait_queue+0x60/0x90\n[<0>] do_futex+0x1/0x2 [nf]\n\n"),
            ["futex_wait_queue", "do_futex"]
        );
    }

    #[test]
    fn the_system_call_of_a_blocked_thread() {
        assert_eq!(parse_syscall(b"running\n"), Some(CurrentSyscall::Running));
        assert_eq!(
            parse_syscall(b"-1 0x7ffe 0x55\n"),
            Some(CurrentSyscall::NotInSyscall { stack_pointer: 0x7ffe, instruction_pointer: 0x55 })
        );
        let Some(CurrentSyscall::Blocked { number, arguments, .. }) =
            parse_syscall(b"202 0x1 0x80 0x3 0x0 0x0 0xffffffff 0x7ffe 0x55\n")
        else {
            panic!("a futex call was not recognised")
        };
        assert_eq!((number, arguments[1]), (202, 0x80));
        assert_eq!(parse_syscall(b"202 0x1"), None);
    }

    #[test]
    fn limits_with_units_in_the_name() {
        let limits = parse_limits(
            b"Limit                     Soft Limit           Hard Limit           Units     \n\
              Max open files            20000                20000                files     \n\
              Max stack size            8388608              unlimited            bytes     \n\
              Max pending signals       96365                96365                signals   \n",
        );
        assert_eq!(limits.open_files, Some(Limit { soft: Some(20000), hard: Some(20000) }));
        assert_eq!(limits.stack_bytes, Some(Limit { soft: Some(8388608), hard: None }));
        assert_eq!(limits.pending_signals.unwrap().soft, Some(96365));
        assert_eq!(limits.locked_bytes, None);
    }

    proptest! {
        #[test]
        fn any_bytes_do_not_panic(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
            let _ = (parse_cmdline(&bytes), parse_wchan(&bytes), parse_kernel_stack(&bytes));
            let _ = (parse_syscall(&bytes), parse_limits(&bytes), parse_comm(&bytes));
        }
    }
}
