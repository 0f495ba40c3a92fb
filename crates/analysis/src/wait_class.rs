//! What a blocked thread waits for, from the names of the functions it sleeps in. Knows no samples.
//!
//! Kernel functions are the better witness and are asked first, innermost first; where the kernel's frames are
//! not permitted, the innermost user functions (libc, Go, Rust) are asked. Kernel names are those of Linux 5.4 to
//! 6.18; the tables are in `wait_names`. `schedule`, `schedule_timeout`, `wait_woken` and
//! other helpers that everything sleeps in match nothing and are passed over.

use fathom_model::WaitClass;

use crate::names::bare_function_name;
use crate::wait_names::{KERNEL, USER};

/// How many user functions from the innermost outwards may tell the class.
const USER_FUNCTIONS_ASKED: usize = 8;

/// The wait class of a thread that is blocked in these functions, innermost first. Either list may be empty.
pub fn wait_class(kernel_functions: &[&str], user_functions: &[&str]) -> WaitClass {
    if is_page_fault(kernel_functions) {
        return WaitClass::PageFault;
    }
    let by_kernel = kernel_functions.iter().find_map(|name| class_of_kernel_function(name));
    let user = user_functions.iter().take(USER_FUNCTIONS_ASKED);
    by_kernel
        .or_else(|| user.filter_map(|name| class_of_user_function(name)).next())
        .unwrap_or(WaitClass::Other)
}

/// The class that one kernel function tells, if it tells one.
pub fn class_of_kernel_function(name: &str) -> Option<WaitClass> {
    // Clones that the compiler made (`.isra.0`, `.constprop.0`, `.cold`, `.llvm.1`) sleep where the original does.
    let name = name.split('.').next().unwrap_or(name);
    KERNEL
        .iter()
        .find(|(_, patterns)| patterns.iter().any(|pattern| pattern.matches(name)))
        .map(|(class, _)| *class)
}

/// The class that one user-level function tells, if it tells one.
pub fn class_of_user_function(name: &str) -> Option<WaitClass> {
    let bare = bare_function_name(name);
    USER.iter().find(|(_, names)| names.contains(&bare)).map(|(class, _)| *class)
}

/// Memory was brought in on behalf of user code. A fault inside a system call (`copy_to_user`) is that call's
/// business: the entry from user mode is the outermost kernel frame (arch/x86/mm/fault.c, arch/x86/entry/).
fn is_page_fault(kernel_functions: &[&str]) -> bool {
    let is_fault = |name: &&str| {
        let name = name.split('.').next().unwrap_or(name);
        matches!(
            name,
            "handle_mm_fault"
                | "do_user_addr_fault"
                | "exc_page_fault"
                | "asm_exc_page_fault"
                | "do_page_fault"
                | "__do_page_fault"
                | "page_fault"
                | "do_mem_abort"
                | "el0_da"
                | "el0_ia"
        )
    };
    let is_call = |name: &&str| {
        name.starts_with("do_syscall_")
            || name.starts_with("entry_SYSCALL")
            || name.starts_with("__x64_sys_")
            || name.starts_with("__arm64_sys_")
            || *name == "el0_svc"
            || name.starts_with("__se_sys_")
    };
    let fault = kernel_functions.iter().rposition(is_fault);
    let call = kernel_functions.iter().rposition(is_call);
    fault.is_some_and(|fault| call.is_none_or(|call| call < fault))
}
