//! A lock taken in a loop inside another, or in each round of a loop that does little else.

use crate::locks::held;
use crate::pattern::{Entry, Pattern, Search};

pub(super) const ENTRY: Entry = Entry { pattern: Pattern::LockInLoop, find };

fn find(search: &mut Search<'_>) {
    let source = search.source;
    for held in held(source).into_iter().filter(|held| source.is_hot(&held.place)) {
        // One loop around it may be a worker's, which has to give the lock back in between.
        let depth = source.loop_depth(&held.place);
        let waits = source.hot_loops(&held.place).next().is_some_and(|(number, _)| {
            source.is_while(number)
                || source.calls_in(number).any(|call| {
                    matches!(
                        call.name.as_str(),
                        "wait" | "Wait" | "sleep" | "Sleep" | "get" | "take" | "recv" | "poll"
                    )
                })
        });
        if depth > 1 || !waits {
            search.hit(Pattern::LockInLoop, &held.place, &held.lock, depth > 1);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::language::Language;
    use crate::testing::{fires, quiet};

    const P: Pattern = Pattern::LockInLoop;

    #[test]
    fn each_language() {
        fires(
            P,
            Language::Python,
            "for x in xs:\n  for y in x.ys:\n    with lock:\n      n += y\n",
            &["3 lock"],
        );
        fires(
            P,
            Language::Go,
            "func f(xs []T) { for _, x := range xs {\n mu.Lock()\n n++\n mu.Unlock()\n } }",
            &["2 mu?"],
        );
        fires(
            P,
            Language::Java,
            "class A { void f() { for (T x : xs) {\n synchronized (m) { n++; } } } }",
            &["2 m?"],
        );
        fires(
            P,
            Language::Rust,
            "fn f() { for x in xs {\n let mut g = m.lock().unwrap(); *g += 1; } }",
            &["2 m?"],
        );
        fires(
            P,
            Language::Cpp,
            "void f() { for (auto& x : xs) {\n std::lock_guard<std::mutex> l(mu); n++; } }",
            &["2 mu?"],
        );
        let text = "void f(void) { for (int i = 0; i < n; i++) {\n pthread_mutex_lock(&m);\n k++;\n pthread_mutex_unlock(&m); } }";
        fires(P, Language::C, text, &["2 &m?"]);
    }

    #[test]
    fn quiet_around_loops_and_in_workers() {
        quiet(P, Language::Python, "with lock:\n  for x in xs:\n    n += x\n");
        quiet(P, Language::Go, "func f() { for {\n mu.Lock()\n n++\n mu.Unlock()\n } }");
    }
}
