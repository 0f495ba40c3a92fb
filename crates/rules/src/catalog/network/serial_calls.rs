//! Requests that wait for each other although none needs the answer of another.

use fathom_model::{GoalMetric, WaitClass};

use crate::prelude::*;

threshold! {
    /// Several requests at once need care with limits and order, which a tenth of the run is worth.
    LEAST_SHARE = "least-share", Share(0.10), source: "Sentry's detectors of consecutive queries ask for a tenth of the span"
}
threshold! {
    /// So many waits have to be seen at one line before it counts as one request after the other.
    LEAST_WAITS = "least-waits", Count(5.0), source: "Sentry's detector of repeated queries begins at five"
}

/// What asks over the network and waits for the answer: CPython's sockets and the clients above them.
const ASKS: &[&str] = &[
    "sock_recv*",
    "sock_call*",
    "sock_connect*",
    "sock_send*",
    "internal_connect",
    "socket_getaddrinfo",
    "_ssl__SSLSocket_*",
    "urllib/request.py:urlopen",
    "http/client.py:HTTPConnection.getresponse",
    "http/client.py:HTTPConnection.connect",
    "requests/api.py:request",
    "requests/sessions.py:Session.request",
    "httpx/_client.py:Client.request",
    "httpx/_client.py:Client.send",
];

declare_rule! {
    /// ## What it finds
    /// A loop that sends a request, waits for its answer, and only then sends the next one, although no request needs
    /// what another has brought.
    /// ## Why it matters
    /// Nearly all of such a loop is waiting: the way to the other side and back, and the work done there, once for each
    /// element. Ten requests at a time take about a tenth.
    /// ## How it is measured
    /// Waits of the goal's thread inside of network calls are counted for the line of own code that asked. The source has to show that the line stands in a loop, or in a function that a loop calls, and that no round asks with
    /// what the round before was answered.
    /// ## When it is wrong
    /// The other side may allow only so many requests at a time, or have to see them in this order.
    /// ## What to do
    /// Ask for many things at once if the service can; else keep several requests under way.
    /// ## Example
    /// ```profile
    /// wall 10s
    /// command python3 ask.py
    /// process python3 runtime=python
    /// thread main
    /// off-cpu blocked.network <module>@ask.py:8{user,python};price@ask.py:4{user,python};urlopen@/usr/lib/python3.11/urllib/request.py:216{library,python};sock_recv_into[python3]{interpreter};recv[libc.so.6]{library} 8s n=1600
    /// cpu <module>@ask.py:8{user,python};price@ask.py:5{user,python} 2s n=1000
    /// ```
    /// ```python ask.py
    /// import urllib.request
    ///
    /// def price(article):
    ///     answer = urllib.request.urlopen(SHOP + article)
    ///     return int(answer.read())
    ///
    /// for article in articles:
    ///     print(price(article))
    /// ```
    /// ## References
    /// Sentry's documentation, "Consecutive HTTP" and "N+1 API calls"; Python's documentation of `concurrent.futures`.
    SerialCalls = "network/serial-calls" {
        summary: "requests that could overlap wait for each other",
        effort: Medium,
        risk: Semantics,
        languages: [Python],
        needs: [CpuSamples],
        patterns: [CallInLoop],
        thresholds: [LEAST_SHARE, LEAST_WAITS],
    }
}

impl Rule for SerialCalls {
    fn check(&self, cx: &Context<'_>) -> Verdict {
        if cx.goal.metric != GoalMetric::Wall {
            return Verdict::NotApplicable(format!(
                "findings are held against {}, which no wait is part of",
                cx.goal.metric
            ));
        }
        let waits = cx.goal_waits(|class| !matches!(class, WaitClass::PageFault | WaitClass::Gc));
        let cost = cx.cost_by_caller(&waits, &cx.functions(ASKS));
        let least_share = cx.limit(self.info().id, &LEAST_SHARE);
        let least_waits = cx.limit(self.info().id, &LEAST_WAITS);
        let asks = cost
            .places
            .iter()
            .filter(|place| place.is_own && place.share.low >= least_share && place.n as f64 >= least_waits);
        let drafts: Vec<Draft> = asks
            .filter_map(|place| {
                let hit =
                    cx.hits_at(place, self.info().patterns).into_iter().max_by_key(|hit| hit.loop_depth);
                let grade = match hit {
                    Some(_) => Grade::E2,
                    None if cx.has_source(place) => return None,
                    None => Grade::E1,
                };
                let mut place = place.clone();
                // Lines behind the one that asks read the rest of the answer.
                let same = cost.places.iter().filter(|other| other.function == place.function);
                same.for_each(|other| place.claim.join(&other.claim));
                place.recount(&waits);
                Some(Seen { place, hit, grade })
            })
            .map(|seen| draft(cx, &seen))
            .collect();
        if !drafts.is_empty() {
            return Verdict::Found(drafts);
        }
        Verdict::Clear(format!(
            "{} of {} is spent waiting for the network",
            words::share(cost.share),
            cx.goal.metric
        ))
    }
}

fn draft(cx: &Context<'_>, seen: &Seen<'_>) -> Draft {
    let place = &seen.place;
    let function = &place.location.function;
    let call = words::quoted(seen.hit.map_or(place.mechanism.as_str(), |hit| hit.subject.as_str()));
    let mut draft = Draft::at(place, format!("`{function}` sends one request after the other"), seen.grade)
        .model(Model::Overlap)
        .evidence(
            "waits",
            format!(
                "{} of {} ({}, {} waits seen) passes waiting for answers at {}",
                words::share(place.share),
                cx.goal.metric,
                words::time(place.value),
                words::count(place.n),
                place.words(),
            ),
        )
        .cause(format!(
            "{call} returns with its answer, and only then the loop asks for the next: the waits add up"
        ));
    draft.subject = seen.hit.map_or_else(|| place.mechanism.clone(), |hit| hit.subject.clone());
    draft = match seen.hit {
        Some(hit) => draft.evidence("source", match hit.loop_lines {
            Some(around) => format!("line {} calls {call} inside the loop from line {}, with nothing that an answer has brought", hit.lines.first, around.first),
            None => format!("line {} calls {call}, and a loop calls `{function}`, with nothing that an answer has brought", hit.lines.first),
        }),
        None => draft.alternative("the source of this line was not read: there may be no loop, or each request may need the last answer"),
    };
    let draft = draft.advice("if the service can answer for many at once (`?ids=1,2,3`, a batch or list request), ask that way: one wait instead of hundreds");
    draft
        .advice("else run some at a time: `with ThreadPoolExecutor(10) as pool: answers = list(pool.map(ask, items))`: the order of answers stays")
        .advice("in a program with `asyncio`: one `httpx.AsyncClient`, `asyncio.gather`, and a `Semaphore(10)` around each request")
        .advice("keep connections open between requests (`requests.Session`, `httpx.Client`): `urlopen` makes a new one each time")
        .assuming("the other side can serve several requests at once")
        .alternative("the service limits how many requests may be under way, or has to see them in order")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{findings, on_example, standing};

    const SOURCE: &str =
        "import urllib.request\nfor x in xs:\n    print(urllib.request.urlopen(x).read())\n\n";

    fn profile(waiting: u32, rest: u32, n: u32) -> String {
        format!(
            "wall 10s\ncommand python3 a.py\nprocess python3 runtime=python\nthread main
            off-cpu blocked.network <module>@a.py:3{{user,python}};sock_recv_into[python3]{{interpreter}};recv[libc.so.6]{{library}} {waiting}ms n={n}
            cpu <module>@a.py:4{{user,python}} {rest}ms n={rest}"
        )
    }

    #[test]
    fn fires_on_the_example() {
        let found = on_example(&SerialCalls);
        assert_eq!(found.len(), 1);
        assert_eq!(found[0].title, "`price` sends one request after the other");
        assert_eq!(
            (found[0].grade, found[0].location.as_ref().and_then(|place| place.line)),
            (Grade::E2, Some(4))
        );
        assert!((found[0].impact.share.point - 0.8).abs() < 0.01, "{:?}", found[0].impact);
    }

    #[test]
    fn quiet_at_the_thresholds() {
        assert!(findings(&SerialCalls, &profile(500, 4500, 500), &[("a.py", SOURCE)]).is_empty());
        assert_eq!(findings(&SerialCalls, &profile(600, 4400, 600), &[("a.py", SOURCE)]).len(), 1);
        // One long answer.
        assert!(findings(&SerialCalls, &profile(4000, 1000, 3), &[("a.py", SOURCE)]).is_empty());
    }

    #[test]
    fn quiet_where_each_request_needs_the_last_answer() {
        let pages = "import urllib.request\nwhile url:\n    page = load(urllib.request.urlopen(url))\n    url = page['next']\n";
        assert!(findings(&SerialCalls, &profile(4000, 1000, 900), &[("a.py", pages)]).is_empty());
    }

    #[test]
    fn unsure_without_source_and_not_about_cpu_time() {
        assert_eq!(findings(&SerialCalls, &profile(4000, 1000, 900), &[])[0].grade, Grade::E1);
        let attached = "wall 10s\npids 1000\nprocess python3 runtime=python\nthread main\ncpu main@a.py:3{user,python} 10s n=5000";
        assert_eq!(standing(&SerialCalls, attached, &[]), "not applicable");
    }
}
