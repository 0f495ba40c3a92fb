//! Asking one process: what it serves where, and its profiles at the start and at the end.

use super::PprofAsk;
use super::cpu::CpuPieces;
use crate::loopback::http::{Client, MAX_PROFILE_BYTES, MAX_UNPACKED_BYTES, RequestError, quoted};
use crate::loopback::sockets::loopback_addresses;
use crate::profiles_url::ProfilesUrl;
use fathom_formats::pprof::{PprofProfile, read_pprof};
use fathom_model::{Pid, ProcessId};
use fathom_runtimes::{OwnProfiles, catalog};
use fathom_sys::clock::monotonic_nanos;
use fathom_sys::process_view::ProcessView;
use std::collections::BTreeMap;
use std::time::Duration;

/// For all requests at the start, and again for all at the end.
const ALL_REQUESTS: Duration = Duration::from_secs(15);
/// For the list of profiles, which is all that a port is asked that may be another service's.
const LIST_LIMIT: Duration = Duration::from_secs(1);
/// For one profile. A heap of some ten thousand stacks takes a tenth of a second.
const PROFILE_LIMIT: Duration = Duration::from_secs(5);
const MAX_LIST_BYTES: u64 = 256 << 10;

/// Profiles that count since the program's start.
const COUNTING: [&str; 3] = ["heap", "mutex", "block"];
/// Profiles of a moment. The last one makes the program collect garbage, and few programs have it.
const OF_A_MOMENT: [&str; 2] = ["goroutine", "goroutineleak"];

/// What came of looking at a process and asking it for the first time.
pub(super) enum First {
    /// It has no profiles of itself.
    Nothing,
    /// It has, and nobody said that it may be asked.
    CouldBeAsked {
        /// The process.
        pid: Pid,
        /// In words.
        text: String,
    },
    /// Why it gave none, a sentence.
    Failed(String),
    /// It answered.
    Asked(Box<Asked>),
}

/// A process and its answers.
pub(super) struct Asked {
    pub(super) process: ProcessId,
    pub(super) pid: Pid,
    pub(super) url: ProfilesUrl,
    /// `None` for a program that none of our runtimes knows.
    pub(super) known: Option<OwnProfiles>,
    /// Names of the profiles it lists.
    pub(super) listed: Vec<&'static str>,
    pub(super) begin: Answer,
    pub(super) end: Answer,
    /// Where it was asked to sample itself.
    pub(super) cpu: Option<CpuPieces>,
}

/// Profiles by name.
#[derive(Default)]
pub(super) struct Answer {
    /// When they were asked for.
    pub(super) time_nanos: i64,
    pub(super) profiles: BTreeMap<&'static str, PprofProfile>,
    /// What did not come, or not whole: clauses.
    pub(super) problems: Vec<String>,
}

impl Asked {
    /// What was asked where, in words.
    pub(super) fn place(&self) -> String {
        format!("{} of process {}", self.url, self.pid)
    }

    /// Asks for the last time.
    pub(super) fn last(mut self) -> Self {
        let client = Client::new(ALL_REQUESTS);
        let wanted = COUNTING.iter().chain(&OF_A_MOMENT).copied().filter(|name| self.listed.contains(name));
        self.end = ask(&client, &self.url, wanted);
        self
    }
}

/// Which of the processes serves there: whoever listens on its port, else the first.
pub(super) fn server_of(url: &ProfilesUrl, processes: &[(ProcessId, Pid)]) -> Option<(ProcessId, Pid)> {
    let listens = |(_, pid): &&(ProcessId, Pid)| {
        loopback_addresses(&ProcessView::Live(*pid))
            .is_ok_and(|addresses| addresses.iter().any(|address| address.port() == url.port()))
    };
    processes.iter().find(listens).or(processes.first()).copied()
}

/// Looks at a process and, if that is wanted, asks it.
pub(super) fn first(process: ProcessId, pid: Pid, wanted: Option<&PprofAsk>) -> First {
    let view = ProcessView::Live(pid);
    let known = catalog::all().iter().find_map(|runtime| runtime.own_profiles(&view));
    let client = Client::new(ALL_REQUESTS);
    let (url, list) = match wanted {
        Some(PprofAsk::At(url)) => match list_at(&client, url) {
            Ok(list) => (url.clone(), list),
            Err(why) => {
                return First::Failed(format!("No profiles of process {pid} by itself: {url} {why}."));
            }
        },
        Some(PprofAsk::Found) | None => {
            let Some((known, path)) = known.as_ref().and_then(|known| Some((known, known.path?))) else {
                return match (&known, wanted) {
                    (Some(known), Some(_)) => First::Failed(format!(
                        "No profiles of process {pid} by itself: it is {} without net/http/pprof.",
                        known.version
                    )),
                    _ => First::Nothing,
                };
            };
            let addresses = match loopback_addresses(&view) {
                Ok(addresses) => addresses,
                Err(_) if wanted.is_none() => return First::Nothing,
                Err(why) => return First::Failed(format!("No profiles of process {pid} by itself: {why}.")),
            };
            let urls: Vec<ProfilesUrl> =
                addresses.iter().map(|address| ProfilesUrl::on(*address, path)).collect();
            if wanted.is_none() {
                return First::CouldBeAsked { pid, text: could_be_asked(pid, known, &urls) };
            }
            match urls.iter().find_map(|url| Some((url.clone(), list_at(&client, url).ok()?))) {
                Some(found) => found,
                None => {
                    let tried: Vec<String> = urls.iter().map(ToString::to_string).collect();
                    return First::Failed(format!(
                        "No profiles of process {pid} by itself: none at {}; `--pprof URL` says where they are.",
                        tried.join(", ")
                    ));
                }
            }
        }
    };
    let counting = COUNTING.iter().copied().filter(|name| list.contains(name));
    let begin = ask(&client, &url, counting);
    First::Asked(Box::new(Asked {
        process,
        pid,
        url,
        known,
        listed: list,
        begin,
        end: Answer::default(),
        cpu: None,
    }))
}

fn could_be_asked(pid: Pid, known: &OwnProfiles, urls: &[ProfilesUrl]) -> String {
    let places: Vec<String> = urls.iter().take(3).map(ToString::to_string).collect();
    format!(
        "process {pid} ({}) has net/http/pprof, perhaps at {}; asking it makes it work, so it is not done unasked",
        known.version,
        places.join(" or ")
    )
}

/// The profiles that are listed there.
fn list_at(client: &Client, url: &ProfilesUrl) -> Result<Vec<&'static str>, String> {
    let list = client.get(&url.of(""), MAX_LIST_BYTES, LIST_LIMIT).map_err(|error| error.to_string())?;
    let list = String::from_utf8_lossy(&list);
    // Every release writes links of this form (`net/http/pprof`, `indexTmplExecute`).
    let listed = |name: &&&str| {
        list.contains(&format!("'{name}?debug=")) || list.contains(&format!("\"{name}?debug="))
    };
    let names: Vec<&'static str> = COUNTING.iter().chain(&OF_A_MOMENT).filter(listed).copied().collect();
    match names.contains(&"heap") || names.contains(&"goroutine") {
        true => Ok(names),
        false => Err(format!("is no list of profiles (it begins with {:?})", quoted(&list))),
    }
}

fn ask(client: &Client, url: &ProfilesUrl, names: impl Iterator<Item = &'static str>) -> Answer {
    let mut answer = Answer { time_nanos: monotonic_nanos(), ..Answer::default() };
    for name in names {
        let bytes = match client.get(&url.of(name), MAX_PROFILE_BYTES, PROFILE_LIMIT) {
            Ok(bytes) => bytes,
            Err(error) => {
                answer.problems.push(format!("{name} {error}"));
                if is_gone(&error) {
                    break;
                }
                continue;
            }
        };
        let (profile, issues) = read_pprof(&bytes, MAX_UNPACKED_BYTES);
        if let Some(issue) = issues.first() {
            answer.problems.push(format!("{name} is damaged: {}", issue.message));
        }
        if profile.value_types.is_empty() {
            answer.problems.push(format!("{name} is no profile"));
        } else {
            answer.profiles.insert(name, profile);
        }
    }
    answer
}

/// Whether nobody is there any more, so that the other profiles need not be asked for.
fn is_gone(error: &RequestError) -> bool {
    matches!(error, RequestError::Failed(why) if why.starts_with("cannot be asked"))
}
