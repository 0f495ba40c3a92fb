//! Memory that is given back to the kernel and taken from it again.

use fathom_model::ThreadState;

use crate::prelude::*;

threshold! {
    /// Taking memory from the kernel once is part of using it; a tenth of the goal is more than a start.
    LEAST_SHARE = "least-share", Share(0.10), source: "our own choice, held by the corpus"
}
threshold! {
    /// Pages brought in for each page that was held at the peak: 1 is a program that keeps what it takes.
    LEAST_TURNOVER = "least-turnover", Count(4.0), source: "held by the corpus"
}

/// The kernel's pages on the machines that there are mostly.
const PAGE_BYTES: f64 = 4096.0;

/// Faults, and what gives address space to and from the kernel.
const FAULTS: &[&str] = &[
    "asm_exc_page_fault",
    "exc_page_fault",
    "do_user_addr_fault",
    "handle_mm_fault",
    "el0_da",
    "do_page_fault",
    "do_translation_fault",
    "munmap",
    "__munmap",
    "__x64_sys_munmap",
    "__arm64_sys_munmap",
    "__x64_sys_brk",
    "__x64_sys_madvise",
    "__arm64_sys_madvise",
    "__x64_sys_mremap",
];

/// Pages of files are another matter.
const FILES: &[&str] = &["filemap_fault", "filemap_map_pages", "do_read_fault", "do_shared_fault", "dl_main"];

declare_rule! {
    /// ## What it finds
    /// A line whose memory comes from the kernel page by page, again and again, because it is given back in between.
    /// ## Why it matters
    /// The kernel clears each page and enters it into the page table when it is touched first; that costs about as much
    /// as reading it from memory several times.
    /// ## How it is measured
    /// CPU time in the kernel's fault path, `munmap` and `madvise` is counted for the line of own code that caused it,
    /// without pages of files. The process has to have brought in several times as many pages as it held at its peak:
    /// else it only took what it needed once.
    /// ## When it is wrong
    /// Memory that is needed once for a short time should be given back. With huge pages the counts are smaller than
    /// they look.
    /// ## What to do
    /// Keep the buffer and use it again; or tell the allocator to keep it.
    /// ## Example
    /// ```profile
    /// wall 10s
    /// command ./frames
    /// process frames
    /// series process.rss 9s 20MiB
    /// series process.minor_faults_total 0s 100
    /// series process.minor_faults_total 9s 900000
    /// thread main
    /// cpu main@frames.c:7;memset[libc.so.6]{library};asm_exc_page_fault{kernel};handle_mm_fault{kernel};clear_page{kernel} 4s n=2000
    /// cpu main@frames.c:9 6s n=3000
    /// ```
    /// ## References
    /// mallopt(3) on M_MMAP_THRESHOLD and M_TRIM_THRESHOLD; U. Drepper, "What every programmer should know about
    /// memory", section 7.5.
    PageFaults = "memory/page-faults" {
        summary: "memory is given back to the kernel and taken again",
        effort: Small,
        risk: Review,
        languages: [C, Cpp, Rust],
        needs: [CpuSamples, Series("process.minor_faults_total")],
        thresholds: [LEAST_SHARE, LEAST_TURNOVER],
    }
}

impl Rule for PageFaults {
    fn check(&self, cx: &Context<'_>) -> Verdict {
        let files = cx.stacks_through(&cx.functions(FILES));
        let ledger =
            cx.goal_where(|sample| !matches!(sample.state, ThreadState::Blocked(_))).only(|at| !files[at]);
        let cost = cx.cost_under(&ledger, &cx.functions(FAULTS));
        let (pages, held) = turnover(cx);
        let times = pages / held.max(1.0);
        if times < cx.limit(self.info().id, &LEAST_TURNOVER) {
            return Verdict::Clear(format!(
                "page faults: {} of {}; {} pages were brought in and {} held at the peak",
                words::share(cost.share),
                cx.goal.metric,
                words::count(pages as u64),
                words::count(held as u64),
            ));
        }
        let least = cx.limit(self.info().id, &LEAST_SHARE);
        let drafts: Vec<Draft> = cost
            .places
            .iter()
            .filter(|place| place.is_own && place.share.low >= least)
            .map(|place| {
                let seen = Seen { place: place.clone(), hit: None, grade: Grade::E2 };
                let mut draft = seen.draft(cx, format!("the memory that `{}` touches is new from the kernel each time", place.location.function));
                // One line touches it, another gives it back.
                draft.beside = Some(cost.claim.clone());
                draft
                    .evidence(
                        "series",
                        format!(
                            "{} pages were brought in, {times:.0} times as many as were held at the peak ({})",
                            words::count(pages as u64),
                            words::count(held as u64)
                        ),
                    )
                    .cause(format!("the memory used at {} was given back to the kernel and taken again, and each page costs a fault and its clearing", place.words()))
                    .advice("allocate the buffer once, before the loop, and use it in each turn")
                    .advice("or let glibc keep large blocks: `mallopt(M_MMAP_THRESHOLD, 1<<30)` and `mallopt(M_TRIM_THRESHOLD, 1<<30)`, or the variables MALLOC_MMAP_THRESHOLD_ and MALLOC_TRIM_THRESHOLD_")
                    .assuming("what is kept stays in memory: the process is larger between its uses")
                    .alternative("the process touches new data each time, as a growing cache does")
            })
            .collect();
        if drafts.is_empty() {
            return Verdict::Clear(format!(
                "page faults: {} of {}",
                words::share(cost.share),
                cx.goal.metric
            ));
        }
        Verdict::Found(drafts)
    }
}

/// Pages brought in and pages held at the peak, of the process that brought in most.
fn turnover(cx: &Context<'_>) -> (f64, f64) {
    let mut most = (0.0, 0.0);
    for process in &cx.recording.processes {
        let of = |name: &str| {
            let points = cx.recording.series.iter();
            points
                .filter(|point| point.process == Some(process.id) && point.name == name)
                .map(|point| point.value)
                .fold(0.0, f64::max)
        };
        let pages = of("process.minor_faults_total");
        if pages > most.0 {
            most = (pages, of("process.rss") / PAGE_BYTES);
        }
    }
    most
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{findings, on_example, standing};

    #[test]
    fn fires_on_the_example() {
        let found = on_example(&PageFaults);
        assert_eq!(found.len(), 1);
        assert_eq!(
            (found[0].grade, found[0].location.as_ref().and_then(|location| location.line)),
            (Grade::E2, Some(7))
        );
    }

    #[test]
    fn quiet_where_memory_is_kept() {
        let kept = crate::example(PageFaults.info()).profile.replace("20MiB", "3GiB");
        assert!(findings(&PageFaults, &kept, &[]).is_empty());
    }

    #[test]
    fn quiet_about_pages_of_files() {
        let file = crate::example(PageFaults.info()).profile.replace("clear_page", "filemap_map_pages");
        assert!(findings(&PageFaults, &file, &[]).is_empty());
    }

    #[test]
    fn unsure_without_counts_of_faults() {
        let text = "wall 10s\ncommand ./a\nthread main\ncpu main@a.c:3 10s n=5000";
        assert_eq!(standing(&PageFaults, text, &[]), "unsure");
    }
}
