//! The port of a target's inspector: whether it is open, how it opens, that it is closed again.
//!
//! Node's inspector is opened by SIGUSR1 and listens on 127.0.0.1:9229 unless the program was told another place. While
//! it does, every user of the machine can run code in the target, so the time is kept short and measured.

use super::probe;
use super::talk::Talk;
use super::target::Target;
use crate::loopback::http::{Client, RequestError, quoted};
use crate::loopback::sockets::through_loopback;
use fathom_sys::proc::parse_tcp;
use fathom_sys::process_view::ProcessView;
use fathom_sys::signals::send_signal_to;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::net::SocketAddr;
use std::time::{Duration, Instant};

const SIGUSR1: i32 = 10;
/// `ESRCH`.
const NO_PROCESS: i32 = 3;
/// Where Node's inspector listens unless told otherwise.
const USUAL_PORT: u16 = 9229;
/// From the request to close it to the closed port.
const CLOSE_LIMIT: Duration = Duration::from_secs(2);
/// How long one waits for a port that another program has.
const TAKEN_LIMIT: Duration = Duration::from_secs(2);
/// Between two looks at the sockets.
const PAUSE: Duration = Duration::from_millis(1);
/// From the first to the second signal; later pauses are twice as long as the one before.
const SIGNAL_PAUSE: Duration = Duration::from_millis(300);
/// Until somebody who did not answer is asked again.
const SILENT_PAUSE: Duration = Duration::from_millis(100);
/// For the list of what can be inspected.
const LIST_LIMIT: Duration = Duration::from_secs(1);
const MAX_LIST_BYTES: u64 = 64 << 10;

/// An inspector that is open, and a connection to it.
pub(super) struct OpenPort {
    pub(super) address: SocketAddr,
    pub(super) talk: Talk,
    /// Before this it was not open, for certain.
    since: Instant,
}

/// Why there is no connection.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Refusal {
    /// The process has ended.
    Gone,
    /// It does not handle the signal, perhaps not yet.
    Unhandled,
    /// The signal was sent, and nothing has opened yet.
    Pending,
    /// A clause about the process.
    Failed(String),
}

impl OpenPort {
    /// Ends the connection and waits until the port is closed; gives how long it was open.
    ///
    /// # Errors
    /// A clause: it is still open.
    pub(super) fn wait_closed(self, target: &Target) -> Result<Duration, String> {
        let Self { address, talk, since, .. } = self;
        drop(talk);
        let begun = Instant::now();
        loop {
            let Ok(open) = listening(target) else { return Ok(since.elapsed()) };
            if !open.contains(&address) {
                return Ok(since.elapsed());
            }
            if begun.elapsed() > CLOSE_LIMIT {
                return Err(format!("its inspector still listens on {address}"));
            }
            std::thread::sleep(PAUSE);
        }
    }
}

/// What answers at an address.
enum Answerer {
    /// An inspector; the path of the one thing that it inspects.
    Inspector(String),
    /// Another server.
    Other,
    /// Nobody, for this reason; perhaps not yet.
    Silent(String),
}

/// The addresses at which a target listens, and whether one of them is its inspector's.
///
/// # Errors
/// The process has ended, its sockets cannot be read, or it is not known whether its inspector is open.
pub(super) fn look(target: &Target) -> Result<(BTreeSet<SocketAddr>, bool), Refusal> {
    let now = listening(target)?;
    let ports = likely_ports(target);
    for address in now.iter().filter(|address| ports.contains(&address.port())) {
        match ask(*address) {
            Answerer::Inspector(_) => return Ok((now, true)),
            Answerer::Other => {}
            // Taken for closed it would be closed in the end, though the user opened it.
            Answerer::Silent(why) => {
                return Err(Refusal::Failed(format!(
                    "listens on {address}, where its inspector may be, which {why}"
                )));
            }
        }
    }
    Ok((now, false))
}

/// Where a target listens now but for its inspector, which was seen at `inspector`.
pub(super) fn own_addresses(
    target: &Target,
    inspector: Option<SocketAddr>,
) -> Result<BTreeSet<SocketAddr>, Refusal> {
    let mut own = listening(target)?;
    if let Some(inspector) = inspector {
        own.remove(&inspector);
    }
    Ok(own)
}

/// Connects to the inspector of a target, which is opened for it within `limit` unless it is open; without a limit it
/// is not opened. `own` are addresses at which the program itself listens, as far as is known: they are not asked
/// unless an inspector is likely there.
pub(super) fn open(
    target: &Target,
    own: &BTreeSet<SocketAddr>,
    limit: Option<Duration>,
) -> Result<OpenPort, Refusal> {
    let mut search = Search::new(target, own);
    let looked = Instant::now();
    let before = listening(target)?;
    if let Some(port) = search.look(target, &before, looked)? {
        return Ok(port);
    }
    let Some(limit) = limit else { return Err(Refusal::Pending) };
    let view = ProcessView::Live(target.pid);
    let status = view.status().map_err(|_| Refusal::Gone)?;
    if status.signals_caught.is_none_or(|caught| caught & (1 << (SIGUSR1 - 1)) == 0) {
        return Err(Refusal::Unhandled);
    }
    // What is still silent may be the inspector itself.
    if let Some(port) = wanted_port(&view).filter(|_| search.silent.is_empty()) {
        wait_until_free(&view, port, &before)?;
    }
    let begun = Instant::now();
    let mut until_signal = Duration::ZERO;
    loop {
        // An earlier closing may have closed it again before it was seen (see `close.js`).
        if begun.elapsed() >= until_signal {
            signal(target)?;
            until_signal = (until_signal * 2).max(SIGNAL_PAUSE);
        }
        let looked = Instant::now();
        let now = listening(target)?;
        if let Some(port) = search.look(target, &now, looked)? {
            return Ok(port);
        }
        if begun.elapsed() > limit {
            return Err(search.refusal());
        }
        std::thread::sleep(PAUSE);
    }
}

/// Asks the process to open its inspector, which does nothing while it is open.
fn signal(target: &Target) -> Result<(), Refusal> {
    send_signal_to(target.pid, target.start_ticks, SIGUSR1).map_err(|error| match error.raw_os_error() {
        Some(NO_PROCESS) => Refusal::Gone,
        _ => Refusal::Failed(format!("cannot be sent SIGUSR1 ({})", error.kind())),
    })
}

/// A search for the inspector among the sockets of a target.
struct Search<'a> {
    own: &'a BTreeSet<SocketAddr>,
    likely_ports: Vec<u16>,
    /// Other servers, which are asked once.
    others: BTreeSet<SocketAddr>,
    /// What did not answer, and when that was.
    silent: BTreeMap<SocketAddr, (Instant, String)>,
    /// When each address was last not there.
    absent: BTreeMap<SocketAddr, Instant>,
    last_look: Instant,
}

impl<'a> Search<'a> {
    fn new(target: &Target, own: &'a BTreeSet<SocketAddr>) -> Self {
        let likely_ports = likely_ports(target);
        Self {
            own,
            likely_ports,
            others: BTreeSet::new(),
            silent: BTreeMap::new(),
            absent: BTreeMap::new(),
            last_look: Instant::now(),
        }
    }

    /// Asks at the addresses at which a target listened at a look that began at `looked`.
    fn look(
        &mut self,
        target: &Target,
        now: &BTreeSet<SocketAddr>,
        looked: Instant,
    ) -> Result<Option<OpenPort>, Refusal> {
        self.silent.retain(|address, _| now.contains(address));
        self.absent.retain(|address, _| now.contains(address));
        for address in now {
            self.absent.entry(*address).or_insert(self.last_look);
        }
        self.last_look = looked;
        for address in now {
            let is_wanted = self.likely_ports.contains(&address.port()) || !self.own.contains(address);
            let was_just_asked =
                self.silent.get(address).is_some_and(|(when, _)| when.elapsed() < SILENT_PAUSE);
            if !is_wanted || was_just_asked || self.others.contains(address) {
                continue;
            }
            let since = self.absent.get(address).copied().unwrap_or(looked);
            let why = match ask(*address) {
                Answerer::Other => {
                    self.others.insert(*address);
                    continue;
                }
                Answerer::Silent(why) => why,
                Answerer::Inspector(path) => match connect(target, *address, &path) {
                    Ok(talk) => return Ok(Some(OpenPort { address: *address, talk, since })),
                    Err(why) => why,
                },
            };
            self.silent.insert(*address, (Instant::now(), why));
        }
        Ok(None)
    }

    /// What to say when it was not found.
    fn refusal(mut self) -> Refusal {
        match self.silent.pop_first() {
            Some((address, (_, why))) => Refusal::Failed(format!("has an inspector at {address} that {why}")),
            None => Refusal::Pending,
        }
    }
}

/// Loopback addresses at which the target itself accepts connections, in its own network.
fn listening(target: &Target) -> Result<BTreeSet<SocketAddr>, Refusal> {
    if !target.is_alive() {
        return Err(Refusal::Gone);
    }
    let all = ProcessView::Live(target.pid)
        .listening_addresses()
        .map_err(|error| Refusal::Failed(format!("has sockets that cannot be read ({})", error.kind())))?;
    Ok(through_loopback(&all).into_iter().collect())
}

/// Connects, and makes sure that the process which answers is the target. The error is a clause about the inspector.
fn connect(target: &Target, address: SocketAddr, path: &str) -> Result<Talk, String> {
    let mut talk = Talk::connect(address, path)?;
    match talk.evaluate(probe::greet(), LIST_LIMIT)? {
        super::talk::Evaluated::Value(value) if value.as_i64() == Some(i64::from(target.inner_pid)) => {
            Ok(talk)
        }
        other => Err(format!(
            "is of another process (it says {}, needed is {})",
            quoted(&format!("{other:?}")),
            target.inner_pid
        )),
    }
}

fn ask(address: SocketAddr) -> Answerer {
    let client = Client::new(LIST_LIMIT);
    match client.get(&format!("http://{address}/json/list"), MAX_LIST_BYTES, LIST_LIMIT) {
        Ok(list) => path_in(&list).map_or(Answerer::Other, Answerer::Inspector),
        Err(RequestError::Status { .. }) => Answerer::Other,
        Err(RequestError::Failed(why)) => Answerer::Silent(why),
    }
}

pub(super) fn path_in(list: &[u8]) -> Option<String> {
    let list: Value = serde_json::from_slice(list).ok()?;
    let one = list.as_array()?.first()?;
    // What is asked is this address, whatever the answer says.
    let id = one.get("id")?.as_str()?;
    let is_id = !id.is_empty()
        && id.len() <= 64
        && id.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-');
    (is_id && one.get("type")?.as_str()? == "node").then(|| format!("/{id}"))
}

/// Words that a program was told at its start and that may be about its inspector.
fn words_of(view: &ProcessView) -> Vec<String> {
    let environment = view.read("environ").unwrap_or_default();
    let options = environment
        .split(|byte| *byte == 0)
        .find_map(|variable| variable.strip_prefix(b"NODE_OPTIONS="))
        .map(|options| String::from_utf8_lossy(options).into_owned())
        .unwrap_or_default();
    let words = options.split_whitespace().map(str::to_owned);
    words.chain(view.command_line().unwrap_or_default()).collect()
}

/// Ports that the program was told for its inspector, and the usual one.
fn likely_ports(target: &Target) -> Vec<u16> {
    let words = words_of(&ProcessView::Live(target.pid));
    let told = words.iter().filter_map(|word| port_of_option(word)).filter(|port| *port != 0);
    told.chain([USUAL_PORT]).collect()
}

/// The port that its inspector will want; `None` if any will do.
fn wanted_port(view: &ProcessView) -> Option<u16> {
    let told = words_of(view).iter().rev().find_map(|word| port_of_option(word));
    Some(told.unwrap_or(USUAL_PORT)).filter(|port| *port != 0)
}

/// The port of `--inspect=0.0.0.0:9230`, `--inspect-port=9230`.
fn port_of_option(word: &str) -> Option<u16> {
    let (option, value) = word.split_once('=')?;
    let is_port = option == "--debug-port" || option == "--inspect" || option.starts_with("--inspect-");
    let digits = value.rsplit(':').next()?;
    is_port.then(|| digits.parse().ok()).flatten()
}

/// Waits a moment while another process listens on the port that the target will want.
fn wait_until_free(view: &ProcessView, port: u16, own: &BTreeSet<SocketAddr>) -> Result<(), Refusal> {
    let begun = Instant::now();
    loop {
        let inode = ["net/tcp", "net/tcp6"].iter().find_map(|file| {
            let sockets = parse_tcp(&view.read(file).unwrap_or_default());
            through_listener(&sockets, port)
        });
        let Some(inode) = inode else { return Ok(()) };
        // A server of its own there keeps the inspector from opening just as well, and will not go.
        if begun.elapsed() > TAKEN_LIMIT || own.iter().any(|address| address.port() == port) {
            let holder = holder_of(inode).unwrap_or_else(|| "another process".to_owned());
            return Err(Refusal::Failed(format!(
                "cannot open its inspector: port {port} is taken by {holder}; end that, or start the program with \
                 `--inspect-port=0`"
            )));
        }
        std::thread::sleep(PAUSE * 10);
    }
}

/// The socket that takes connections for a port on this machine's own addresses.
fn through_listener(sockets: &[fathom_sys::proc::TcpSocket], port: u16) -> Option<u64> {
    let takes = |socket: &&fathom_sys::proc::TcpSocket| {
        let ip = socket.address.ip().to_canonical();
        socket.is_listening && socket.address.port() == port && (ip.is_loopback() || ip.is_unspecified())
    };
    sockets.iter().find(takes).map(|socket| socket.inode)
}

/// The process that has a socket open, in words.
fn holder_of(inode: u64) -> Option<String> {
    let wanted = format!("socket:[{inode}]");
    let has = |pid: &i32| {
        let descriptors = ProcessView::Live(*pid).descriptors().unwrap_or_default();
        descriptors.iter().any(|(_, path)| path.as_os_str() == wanted.as_str())
    };
    let pid = fathom_sys::proc::list_processes().ok()?.into_iter().find(has)?;
    let name = ProcessView::Live(pid).name().unwrap_or_default();
    Some(format!("process {pid} ({})", quoted(&name)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ports_are_told_in_several_ways() {
        for (word, port) in [
            ("--inspect=9230", Some(9230)),
            ("--inspect-brk=0.0.0.0:7", Some(7)),
            ("--inspect-port=[::1]:8", Some(8)),
            ("--debug-port=9", Some(9)),
            ("--inspect=0", Some(0)),
            ("--inspect", None),
            ("--inspect-publish-uid=http", None),
            ("--port=9", None),
        ] {
            assert_eq!(port_of_option(word), port, "{word}");
        }
    }

    #[test]
    fn only_the_list_of_an_inspector_is_one() {
        let path = |text: &str| path_in(text.as_bytes());
        let good = r#"[{"type":"node","id":"7b8acb93-d1a5","webSocketDebuggerUrl":"ws://10.0.0.1:80/x"}]"#;
        assert_eq!(path(good).as_deref(), Some("/7b8acb93-d1a5"));
        for bad in [
            "",
            "[]",
            "{}",
            r#"[{"type":"page","id":"7b"}]"#,
            r#"[{"type":"node","id":"a/../b"}]"#,
            r#"[{"type":"node","id":"a b\r\nX: y"}]"#,
            r#"[{"type":"node","id":7}]"#,
        ] {
            assert_eq!(path(bad), None, "{bad}");
        }
    }
}
