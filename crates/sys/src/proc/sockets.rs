//! `net/tcp` and `net/tcp6`: TCP sockets of a network namespace.
//!
//! Source: `net/ipv4/tcp_ipv4.c` and `net/ipv6/tcp_ipv6.c` of the kernel. Addresses stand there as words in the byte
//! order of the machine.

use super::{lines, parse_hex, parse_number, words};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

/// `TCP_LISTEN` of `include/net/tcp_states.h`.
const LISTEN: u64 = 10;

/// One TCP socket.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TcpSocket {
    /// Its own end.
    pub address: SocketAddr,
    /// Whether it accepts connections.
    pub is_listening: bool,
    /// The number by which descriptors name it (`socket:[4711]`).
    pub inode: u64,
}

/// The sockets of either file; lines of another shape, such as the heading, are passed over.
pub fn parse_tcp(bytes: &[u8]) -> Vec<TcpSocket> {
    lines(bytes).filter_map(socket).collect()
}

fn socket(line: &[u8]) -> Option<TcpSocket> {
    let mut words = words(line);
    let address = address(words.nth(1)?)?;
    let is_listening = parse_hex(words.nth(1)?)? == LISTEN;
    // Behind the state: queues, timer, retransmits, user, timeout.
    let inode = parse_number(words.nth(5)?)?;
    Some(TcpSocket { address, is_listening, inode })
}

/// `0100007F:1F90`, or with 32 digits before the colon.
fn address(word: &[u8]) -> Option<SocketAddr> {
    let colon = word.iter().position(|byte| *byte == b':')?;
    let (host, port) = (&word[..colon], &word[colon + 1..]);
    let part = |digits: &[u8]| Some(u32::try_from(parse_hex(digits)?).ok()?.to_ne_bytes());
    let ip = match host.len() {
        8 => IpAddr::V4(Ipv4Addr::from(part(host)?)),
        32 => {
            let mut bytes = [0; 16];
            for (place, digits) in bytes.chunks_exact_mut(4).zip(host.chunks_exact(8)) {
                place.copy_from_slice(&part(digits)?);
            }
            IpAddr::V6(Ipv6Addr::from(bytes))
        }
        _ => return None,
    };
    Some(SocketAddr::new(ip, u16::try_from(parse_hex(port)?).ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    const TCP: &[u8] = b"  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode
   0: 0100007F:17AC 00000000:0000 0A 00000000:00000000 00:00000000 00000000  1000        0 31337 1 0000000000000000 100 0 0 10 0
   1: 0200A8C0:D431 0100007F:17AC 01 00000000:00000000 02:000004A0 00000000     0        0 42 2 0000000000000000 20 4 1 10 -1
";
    const TCP6: &[u8] = b"   0: 00000000000000000000000001000000:1F90 00000000000000000000000000000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 7 1 0 100 0 0 10 0
   1: 0000000000000000FFFF00000100007F:1F91 0:0 0A 0:0 00:0 0 0 0 8 1
";

    #[test]
    #[cfg(target_endian = "little")]
    fn addresses_of_both_kinds() {
        let shown = |bytes| {
            let text = |s: &TcpSocket| format!("{} {} {}", s.address, s.is_listening, s.inode);
            parse_tcp(bytes).iter().map(text).collect::<Vec<_>>()
        };
        assert_eq!(shown(TCP), ["127.0.0.1:6060 true 31337", "192.168.0.2:54321 false 42"]);
        assert_eq!(shown(TCP6), ["[::1]:8080 true 7", "[::ffff:127.0.0.1]:8081 true 8"]);
    }

    #[test]
    fn cut_and_odd_lines_are_passed_over() {
        for length in 0..TCP.len() {
            assert!(parse_tcp(&TCP[..length]).len() <= 2);
        }
        assert!(
            parse_tcp(b"0: zz:1 0:0 0A 0:0 0:0 0 0 0 1\n1: 0100007F:FFFFF 0:0 0A 0 0 0 0 0 1\n\xff\xff")
                .is_empty()
        );
    }
}
