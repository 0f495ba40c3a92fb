//! Go's `defer` in a loop: all of it waits until the function ends.

use crate::pattern::{Entry, Pattern, Search};

pub(super) const ENTRY: Entry = Entry { pattern: Pattern::DeferInLoop, find };

fn find(search: &mut Search<'_>) {
    let source = search.source;
    for call in source.calls.iter().filter(|call| call.is_deferred && source.is_hot(&call.place)) {
        search.hit(Pattern::DeferInLoop, &call.place, &call.callee, true);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::language::Language;
    use crate::testing::{fires, quiet};

    const P: Pattern = Pattern::DeferInLoop;

    #[test]
    fn go() {
        fires(
            P,
            Language::Go,
            "func f(xs []T) {\n for _, x := range xs {\n  defer x.Close()\n }\n}",
            &["3 x.Close"],
        );
        for text in [
            "func f(x T) { defer x.Close() }",
            "func f(xs []T) { for _, x := range xs { go func() { g(x) }() } }",
            "func f(xs []T) { for i := 0; i < 3; i++ { defer x.Close() } }",
        ] {
            quiet(P, Language::Go, text);
        }
    }
}
