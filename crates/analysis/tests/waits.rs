//! Kernel and user stacks as they are seen, and the wait class they tell.

use fathom_analysis::{wait_class, wait_reason};
use fathom_model::{Frame, FrameKind, Module, ModuleId, ModuleKind, Recording, WaitClass};

/// Stacks innermost first, kernel functions before the bar, user functions after it.
fn check(class: WaitClass, stacks: &[&str]) {
    for stack in stacks {
        let (kernel, user) = stack.split_once('|').unwrap_or((stack, ""));
        let kernel: Vec<&str> = kernel.split_whitespace().collect();
        let user: Vec<&str> = user.split_whitespace().collect();
        assert_eq!(wait_class(&kernel, &user), class, "{stack}");
    }
}

#[test]
fn locks() {
    check(
        WaitClass::Lock,
        &[
            "__schedule schedule futex_do_wait __futex_wait futex_wait do_futex __x64_sys_futex do_syscall_64",
            "__schedule schedule futex_wait_queue_me futex_wait do_futex",
            "__schedule schedule rwsem_down_write_slowpath ext4_buffered_write_iter vfs_write",
            "__schedule schedule do_semtimedop.isra.0 __do_sys_semop",
            "| __futex_abstimed_wait_common64 __futex_abstimed_wait_common pthread_cond_wait@@GLIBC_2.3.2",
            "| __lll_lock_wait ___pthread_mutex_lock work",
            "| syscall std::sys::pal::unix::futex::futex_wait",
            "| runtime.futex runtime.futexsleep runtime.notesleep runtime.stopm",
            "| __GI___clock_nope __new_sem_wait_slow64.constprop.0",
        ],
    );
}

#[test]
fn timers_polls_children() {
    check(
        WaitClass::Timer,
        &[
            "__schedule schedule do_nanosleep hrtimer_nanosleep common_nsleep __x64_sys_clock_nanosleep do_syscall_64",
            "| clock_nanosleep@GLIBC_2.2.5 nanosleep usleep",
            "| __GI___clock_nanosleep std::thread::sleep",
            "schedule timerfd_read_iter vfs_read",
        ],
    );
    check(
        WaitClass::Poll,
        &[
            "__schedule schedule schedule_hrtimeout_range_clock ep_poll do_epoll_wait __x64_sys_epoll_wait",
            "__schedule schedule schedule_hrtimeout_range_clock poll_schedule_timeout.constprop.0 do_sys_poll",
            "schedule do_select core_sys_select",
            "schedule io_cqring_wait __do_sys_io_uring_enter",
            "| epoll_wait run",
            "| internal/runtime/syscall.Syscall6 internal/runtime/syscall.EpollWait runtime.netpoll",
        ],
    );
    check(
        WaitClass::Child,
        &[
            "__schedule schedule do_wait kernel_wait4 __do_sys_wait4 do_syscall_64",
            "schedule schedule_timeout wait_for_completion wait_for_vfork_done kernel_clone",
            "| wait4 run",
            "| __waitpid system",
        ],
    );
}

#[test]
fn pipes_networks_disks() {
    check(
        WaitClass::Pipe,
        &[
            "__schedule schedule pipe_read vfs_read ksys_read do_syscall_64 | read",
            "__schedule schedule anon_pipe_read vfs_read ksys_read | __GI___libc_read",
            "__schedule schedule anon_pipe_write vfs_write",
            "schedule schedule_timeout wait_woken n_tty_read tty_read vfs_read",
        ],
    );
    check(
        WaitClass::Network,
        &[
            "__schedule schedule schedule_timeout wait_woken sk_wait_data tcp_recvmsg_locked tcp_recvmsg inet_recvmsg",
            "__schedule schedule schedule_timeout inet_csk_accept inet_accept do_accept",
            "__schedule schedule schedule_timeout unix_stream_read_generic unix_stream_recvmsg sock_recvmsg",
            "__schedule schedule schedule_timeout __skb_wait_for_more_packets __skb_recv_udp udp_recvmsg",
            "schedule schedule_timeout sock_wait_for_wmem",
            "| recvfrom handle",
            "| accept4 serve",
        ],
    );
    check(
        WaitClass::Disk,
        &[
            "__schedule schedule io_schedule folio_wait_bit_common folio_wait_writeback __filemap_fdatawait_range",
            "__schedule schedule jbd2_log_wait_commit ext4_fsync_files do_fsync",
            "schedule schedule_timeout io_schedule_timeout balance_dirty_pages",
            "schedule io_schedule bit_wait_io __wait_on_bit xfs_buf_iowait",
            "schedule request_wait_answer fuse_simple_request",
            "| fdatasync commit",
            "| __libc_pwrite64 flush",
        ],
    );
}

#[test]
fn page_faults_count_only_from_user_mode() {
    let fault = "__schedule schedule io_schedule folio_wait_bit_common filemap_fault __do_fault handle_mm_fault \
                 do_user_addr_fault exc_page_fault asm_exc_page_fault";
    check(WaitClass::PageFault, &[&format!("{fault} | memcpy work"), fault]);
    // The fault happened while the kernel copied for a system call: the call is what waits.
    check(
        WaitClass::Disk,
        &[&format!("{fault} copy_page_to_iter filemap_read vfs_read __x64_sys_read do_syscall_64")],
    );
}

#[test]
fn what_is_not_known_is_other() {
    check(
        WaitClass::Other,
        &[
            "",
            "__schedule schedule schedule_timeout",
            "schedule do_sigtimedwait __x64_sys_rt_sigtimedwait",
            "schedule signalfd_read_iter",
            "| read main",
            "| a b c d e f g h epoll_wait",
        ],
    );
}

/// Reason of a wait in these user frames, innermost first: name, module, kind.
fn reason(frames: &[(Option<&str>, u32, FrameKind)]) -> String {
    let module = |path: &str| Module {
        path: path.into(),
        build_id: None,
        kind: if path.starts_with('[') { ModuleKind::Managed } else { ModuleKind::Elf },
        load_addresses: vec![],
    };
    let mut recording = Recording {
        modules: ["/lib/libc.so.6", "/usr/bin/python3.11", "/lib/libgomp.so.1", "[python]"]
            .map(module)
            .to_vec(),
        ..Recording::default()
    };
    for (name, module, kind) in frames {
        recording.frames.push(Frame {
            function: name.map(str::to_owned),
            module: Some(ModuleId(*module)),
            runtime: (*module == 3).then(|| "python".to_owned()),
            ..Frame::named("", *kind)
        });
    }
    let path = (0..frames.len() as u32).rev().map(fathom_model::FrameId);
    let stack = recording.stacks.intern_path(path);
    wait_reason(&recording, stack, WaitClass::Lock).what
}

#[test]
fn locks_of_python_are_told_by_the_calls_it_makes() {
    use FrameKind::{Interpreter, Library, User};
    let own = (Some("work"), 3, User);
    let cond = (Some("pthread_cond_clockwait"), 0, Library);
    assert_eq!(reason(&[cond, (None, 1, Interpreter), own]), "Python GIL", "without symbols");
    assert_eq!(reason(&[cond, own]), "Python GIL", "in the loop itself");
    assert_eq!(
        reason(&[cond, (None, 1, Interpreter), (Some("time_sleep"), 1, Interpreter), own]),
        "Python GIL"
    );
    let semaphore = (Some("__new_sem_wait_slow64"), 0, Library);
    assert_eq!(reason(&[semaphore, (None, 1, Interpreter), own]), "Python lock");
    let pool = (Some("gomp_barrier_wait"), 2, Library);
    assert_ne!(reason(&[cond, pool, (None, 1, Interpreter), own]), "Python GIL", "a library's own condition");
}
