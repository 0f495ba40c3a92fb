//! What copying costs in C++: copy constructors, of the library and of the program, what they allocate, and what
//! destroys the copy. Knows no patterns.

use crate::context::Context;
use crate::names::plain_name;
use crate::place::Cost;
use crate::released::RELEASES;

/// What copying is made of where the copy constructor itself was put into its caller.
const WORK: &[&str] = &[
    "std::__cxx11::basic_string::_M_construct*",
    "std::__cxx11::basic_string::_M_create",
    "std::__1::basic_string::__init*",
    "std::__uninitialized_copy*",
    "std::uninitialized_copy*",
    "std::__do_uninit_copy",
    "std::_Rb_tree::_M_copy*",
    "std::_Hashtable::_M_assign*",
    "std::_Vector_base::*",
    "operator new*",
    "malloc",
    "memcpy",
];

/// What copies and destroys, by the line of own code that asked for it. Constructors make all kinds of things: only a
/// line whose source shows a copy is known to copy.
pub(crate) fn copying(cx: &Context<'_>) -> Cost {
    let constructors = cx.functions_where(|function| is_constructor(&plain_name(&function.name)));
    let functions = constructors.or(&cx.functions(WORK)).or(&cx.functions(RELEASES));
    cx.cost_by_caller(cx.goal_ledger(), &functions)
}

/// `a::Row::Row`, `std::vector::vector`.
fn is_constructor(plain: &str) -> bool {
    let mut parts = plain.rsplit("::");
    let (last, class) = (parts.next(), parts.next());
    last.is_some_and(|last| !last.is_empty()) && last == class
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn constructors_are_told_by_their_names() {
        assert!(is_constructor("std::vector::vector") && is_constructor("Row::Row"));
        assert!(!is_constructor("Row::price") && !is_constructor("main") && !is_constructor("Row::~Row"));
    }
}
