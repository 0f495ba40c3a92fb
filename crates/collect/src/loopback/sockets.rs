//! At which addresses a process may be asked from here.

use fathom_sys::process_view::ProcessView;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

/// Most ports of a program that are tried.
pub(crate) const MAX_PORTS: usize = 16;

/// Addresses of this machine's loopback that lead to sockets of the process itself.
///
/// # Errors
/// Why there are none, as a clause about the process.
pub(crate) fn loopback_addresses(process: &ProcessView) -> Result<Vec<SocketAddr>, String> {
    let pid = process.pid();
    let unknown = |error: std::io::Error| format!("its sockets cannot be read ({})", error.kind());
    if !process.shares_our_network().map_err(unknown)? {
        return Err(format!(
            "it is in another network namespace; `--pprof URL` names an address that can be reached from here, or \
             start Fathom there with `nsenter --net=/proc/{pid}/ns/net`"
        ));
    }
    let all = process.listening_addresses().map_err(unknown)?;
    let reachable: Vec<SocketAddr> = through_loopback(&all);
    match (reachable.is_empty(), all.is_empty()) {
        (false, _) => Ok(reachable),
        (true, true) => Err("it listens on no TCP port".to_owned()),
        (true, false) => {
            let list: Vec<String> = all.iter().take(4).map(ToString::to_string).collect();
            Err(format!("it listens on {} only, which are no loopback addresses", list.join(", ")))
        }
    }
}

/// Loopback addresses as they are, and those of any interface by their port; the others are left out.
pub(crate) fn through_loopback(all: &[SocketAddr]) -> Vec<SocketAddr> {
    let mut found = Vec::new();
    for address in all {
        let port = address.port();
        let ip = address.ip().to_canonical();
        match ip {
            _ if ip.is_loopback() => found.push(SocketAddr::new(ip, port)),
            IpAddr::V4(any) if any.is_unspecified() => found.push((Ipv4Addr::LOCALHOST, port).into()),
            // Nearly always it takes both kinds; where it does not, the second address leads there.
            IpAddr::V6(any) if any.is_unspecified() => {
                found.push((Ipv4Addr::LOCALHOST, port).into());
                found.push((Ipv6Addr::LOCALHOST, port).into());
            }
            _ => {}
        }
    }
    found.sort_by_key(|address| (address.port(), *address));
    found.dedup();
    found.truncate(MAX_PORTS);
    found
}

#[cfg(test)]
mod tests {
    use super::*;
    use fathom_sys::process_view::RecordedProcess;
    use std::collections::BTreeMap;

    #[test]
    fn only_loopback_is_asked() {
        let all: Vec<SocketAddr> = [
            "10.0.0.5:80",
            "0.0.0.0:6060",
            "[::]:8080",
            "127.0.0.2:7",
            "[::1]:9",
            "[fe80::1]:5",
            "[::ffff:127.0.0.1]:6",
        ]
        .iter()
        .map(|text| text.parse().expect("an address"))
        .collect();
        let found: Vec<String> = through_loopback(&all).iter().map(ToString::to_string).collect();
        let expected =
            ["127.0.0.1:6", "127.0.0.2:7", "[::1]:9", "127.0.0.1:6060", "127.0.0.1:8080", "[::1]:8080"];
        assert_eq!(found, expected);
    }

    fn process(network: &str, local: &str) -> ProcessView {
        let mut process = RecordedProcess::new(7, BTreeMap::new());
        process.add_file("ns/net", network.as_bytes().to_vec());
        process.add_file("fd/3", b"socket:[42]".to_vec());
        let line = |local: &str, inode: u32| format!("0: {local} 00000000:0000 0A 0:0 0:0 0 0 0 {inode}\n");
        // The second one is another process's.
        process.add_file("net/tcp", [line(local, 42), line("0100007F:0001", 43)].concat().into_bytes());
        ProcessView::Recorded(process)
    }

    #[test]
    fn only_its_own_sockets_in_our_network_count() {
        let ours = std::fs::read_link("/proc/self/ns/net").expect("linux");
        let ours = ours.to_str().expect("plain");
        assert_eq!(
            loopback_addresses(&process(ours, "00000000:17AC")),
            Ok(vec!["127.0.0.1:6060".parse().expect("an address")])
        );
        let why = loopback_addresses(&process(ours, "05050505:17AC")).expect_err("elsewhere");
        assert_eq!(why, "it listens on 5.5.5.5:6060 only, which are no loopback addresses");
        let why = loopback_addresses(&process("net:[1]", "00000000:17AC")).expect_err("not ours");
        assert!(why.starts_with("it is in another network namespace; `--pprof URL` names"), "{why}");
    }
}
