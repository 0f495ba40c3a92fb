//! A query for each row of another query's result: "n + 1".

use fathom_model::{GoalMetric, WaitClass};

use crate::prelude::*;

threshold! {
    /// Below a twentieth of the run, a join that is harder to read is not worth it.
    LEAST_SHARE = "least-share", Share(0.05), source: "Sentry's detector of repeated queries asks for five percent of the request"
}
threshold! {
    /// Queries whose work is done inside the engine are not many small ones; what surrounds each of them shows how many there are.
    LEAST_AROUND = "least-around", Share(0.20), source: "our own choice, held by the corpus"
}
threshold! {
    /// So many waits for a server have to be seen at one line before they count as many queries.
    LEAST_WAITS = "least-waits", Count(5.0), source: "Sentry's detector of repeated queries begins at five"
}

/// What runs a statement: CPython's `sqlite3`, drivers of PostgreSQL and MySQL, SQLAlchemy, Django.
const QUERIES: &[&str] = &[
    "pysqlite_connection_execute*",
    "pysqlite_cursor_execute*",
    "pysqlite_cursor_fetchone*",
    "pysqlite_cursor_fetchall*",
    "pysqlite_cursor_iternext*",
    "_pysqlite_query_execute*",
    "sqlite3_prepare*",
    "sqlite3_step",
    "sqlite3_exec",
    "psyco_curs_execute",
    "curs_execute",
    "PQexec*",
    "PQsendQuery*",
    "psycopg/cursor.py:Cursor.execute",
    "psycopg/connection.py:Connection.execute",
    "pg8000/core.py:CoreConnection.execute*",
    "pymysql/cursors.py:Cursor.execute",
    "MySQLdb/cursors.py:BaseCursor.execute",
    "mysql/connector/cursor.py:MySQLCursor.execute",
    "sqlalchemy/engine/base.py:Connection.execute",
    "sqlalchemy/orm/session.py:Session.execute",
    "django/db/models/sql/compiler.py:SQLCompiler.execute_sql",
    "django/db/backends/utils.py:CursorWrapper.execute",
];
/// Where an engine inside the program does the work of a query itself.
const ENGINES: &[&str] = &["sqlite3_step"];

declare_rule! {
    /// ## What it finds
    /// A query that a loop runs for each row it walks, most often for each row of another query's result.
    /// ## Why it matters
    /// Each query is bound, looked up, run and fetched by itself, and with a server each one is a way there and back. The
    /// database finds the same rows in one query, in the order it likes best.
    /// ## How it is measured
    /// Time inside the driver's calls is counted for the line of own code that asks, and that line has to run a
    /// statement in a loop. That the queries are many and small shows in what surrounds them: at least a fifth of the
    /// time passes outside of the engine's own work, or many waits for the server were seen.
    /// ## When it is wrong
    /// Queries of a kind that one statement cannot say, or so many keys that one answer would not fit into memory.
    /// ## What to do
    /// Join the second table in the first query, or fetch what belongs to all rows with one `IN (...)`.
    /// ## Example
    /// ```profile
    /// wall 10s
    /// command python3 list.py
    /// process python3 runtime=python
    /// thread main
    /// cpu <module>@list.py:4{user,python};pysqlite_connection_execute[python3]{interpreter};_pysqlite_query_execute[python3]{interpreter} 4s n=2000
    /// cpu <module>@list.py:4{user,python};pysqlite_connection_execute[python3]{interpreter};sqlite3_step[libsqlite3.so.0]{library} 3s n=1500
    /// cpu <module>@list.py:5{user,python} 3s n=1500
    /// ```
    /// ```python list.py
    /// import sqlite3
    /// base = sqlite3.connect("shop.db")
    /// for order, customer in base.execute("SELECT id, customer FROM orders").fetchall():
    ///     row = base.execute("SELECT name FROM customer WHERE id = ?", (customer,)).fetchone()
    ///     print(order, row[0])
    /// ```
    /// ## References
    /// M. Fowler, "Patterns of enterprise application architecture", lazy load ("ripple loading"); SQLite's page "Many
    /// small queries are efficient in SQLite", which is about C: from Python each query costs several times that.
    QueryInLoop = "database/query-in-loop" {
        summary: "a query runs for each row of a loop",
        effort: Small,
        risk: Review,
        languages: [Python],
        needs: [CpuSamples],
        patterns: [CallInLoop],
        thresholds: [LEAST_SHARE, LEAST_AROUND, LEAST_WAITS],
        silences: ["network/serial-calls"],
    }
}

impl Rule for QueryInLoop {
    fn check(&self, cx: &Context<'_>) -> Verdict {
        let queries = cx.functions(QUERIES);
        if queries.is_empty() {
            return Verdict::NotApplicable("no driver of a database that is known here was seen".to_owned());
        }
        let in_engine = cx.stacks_through(&cx.functions(ENGINES));
        let goal = cx.goal_ledger();
        let waits = cx.goal_waits(|class| class != WaitClass::PageFault);
        let cost = cx.cost_by_caller(goal, &queries);
        let limit = |threshold| cx.limit(self.info().id, threshold);
        let mut drafts = Vec::new();
        for place in cost.places.iter().filter(|place| place.is_own && place.share.low >= limit(&LEAST_SHARE))
        {
            let hits = cx.hits_at(place, self.info().patterns);
            let hit = hits
                .into_iter()
                .max_by_key(|hit| (hit.is_certain, hit.subject.ends_with("execute"), hit.loop_depth));
            let grade = match hit {
                Some(_) => Grade::E2,
                None if cx.has_source(place) => continue,
                None => Grade::E1,
            };
            let stacks = || place.claim.stacks();
            let around: i64 = stacks()
                .filter(|at| !in_engine.get(*at).copied().unwrap_or(false))
                .map(|at| goal.values[at])
                .sum();
            let (waited, n_waits) = waits.sum(&place.claim);
            let is_small = (around - waited) as f64 >= limit(&LEAST_AROUND) * place.value as f64;
            let is_asked_often = cx.goal.metric == GoalMetric::Wall && n_waits as f64 >= limit(&LEAST_WAITS);
            if is_small || is_asked_often {
                drafts.push(draft(cx, &Seen { place: place.clone(), hit, grade }, around));
            }
        }
        if !drafts.is_empty() {
            return Verdict::Found(drafts);
        }
        Verdict::Clear(format!(
            "the database's driver takes {} of {}, and no loop asks it row by row",
            words::share(cost.share),
            cx.goal.metric
        ))
    }
}

fn draft(cx: &Context<'_>, seen: &Seen<'_>, around: i64) -> Draft {
    let place = &seen.place;
    let function = &place.location.function;
    let writes = cx.file_of(place).is_some_and(|(file, line)| {
        let last = seen.hit.map_or(line, |hit| hit.lines.last);
        (line..=last).any(|line| {
            ["INSERT ", "UPDATE ", "DELETE "].iter().any(|verb| file.line(line).to_uppercase().contains(verb))
        })
    });
    let draft = seen
        .draft(cx, format!("`{function}` runs a query for each row of a loop"))
        .evidence("samples", format!("{} of it passes around the queries: binding values, starting each one, making its rows", words::time(around)))
        .cause("each round starts, binds and fetches a query of its own for one row, instead of one query for all rows");
    let draft = if writes {
        draft.advice("write all rows with one `executemany(statement, rows)`").advice(
            "begin one transaction around the loop: without it each statement waits until it is on disk",
        )
    } else {
        draft
            .advice("join: `SELECT ... FROM first JOIN second ON second.id = first.second_id`, and read both from each row")
            .advice("or fetch what belongs to all rows once, with `WHERE id IN (...)` in parts of some hundred, into a dict by id")
            .advice("with an ORM: `select_related` or `prefetch_related` in Django, `joinedload` or `selectinload` in SQLAlchemy")
    };
    draft
        .assuming("the one query costs the database no more than the many did")
        .alternative("the rows of the loop stop early or need very different queries, so that one would fetch far too much")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{findings, on_example, standing};

    fn source() -> String {
        crate::example(QueryInLoop.info()).sources["list.py"].clone()
    }

    fn profile(around: u32, engine: u32, rest: u32) -> String {
        let example = crate::example(QueryInLoop.info()).profile;
        let example = example.replace("4s n=2000", &format!("{around}ms n={around}"));
        let example = example.replace(
            "list.py:5{user,python} 3s n=1500",
            &format!("list.py:5{{user,python}} {rest}ms n={rest}"),
        );
        example.replace("3s n=1500", &format!("{engine}ms n={engine}"))
    }

    #[test]
    fn fires_on_the_example() {
        let found = on_example(&QueryInLoop);
        assert_eq!(found.len(), 1);
        assert_eq!(found[0].title, "`<module>` runs a query for each row of a loop");
        assert_eq!(
            (found[0].grade, found[0].location.as_ref().and_then(|place| place.line)),
            (Grade::E2, Some(4))
        );
        assert!(found[0].advice[0].starts_with("join"));
    }

    #[test]
    fn fires_on_writes_with_other_advice() {
        let write = source().replace("SELECT name FROM customer WHERE id = ?", "INSERT INTO seen VALUES (?)");
        let found = findings(&QueryInLoop, &profile(2000, 2000, 1000), &[("list.py", &write)]);
        assert!(found[0].advice[0].contains("executemany"));
    }

    #[test]
    fn quiet_about_few_large_queries_and_at_the_threshold() {
        assert!(findings(&QueryInLoop, &profile(500, 4000, 500), &[("list.py", &source())]).is_empty());
        assert!(findings(&QueryInLoop, &profile(120, 120, 4760), &[("list.py", &source())]).is_empty());
        assert_eq!(findings(&QueryInLoop, &profile(200, 200, 4600), &[("list.py", &source())]).len(), 1);
    }

    #[test]
    fn quiet_outside_of_loops() {
        let once = "import sqlite3\nbase = sqlite3.connect(\"shop.db\")\n\nrow = base.execute(\"SELECT name FROM customer\").fetchone()\nprint(row)\n";
        assert!(findings(&QueryInLoop, &profile(2000, 2000, 1000), &[("list.py", once)]).is_empty());
    }

    #[test]
    fn unsure_without_source_and_without_samples() {
        assert_eq!(findings(&QueryInLoop, &profile(2000, 2000, 1000), &[])[0].grade, Grade::E1);
        let waits = "wall 10s\ncommand python3 a.py\nprocess python3 runtime=python\nthread main\noff-cpu blocked.timer main@a.py:2;sleep 10s n=5000";
        assert_eq!(standing(&QueryInLoop, waits, &[]), "unsure");
    }
}
