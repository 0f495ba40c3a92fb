//! Who is asked for profiles of itself: addresses as people write them.

use std::fmt;
use ureq::http::Uri;

/// Where programs serve profiles unless they were told otherwise.
const USUAL_PATH: &str = "/debug/pprof/";

/// Who is asked for profiles.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PprofAsk {
    /// Programs that have the code for it, at their own sockets.
    Found,
    /// Whoever serves here.
    At(ProfilesUrl),
}

/// Where a program serves profiles of itself; always ends in `/`, and the profiles stand below it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProfilesUrl {
    base: String,
    port: u16,
}

impl ProfilesUrl {
    /// From `http://HOST[:PORT][/PATH]`; without a path `/debug/pprof/` is meant.
    ///
    /// # Errors
    /// What is needed instead, for behind the value.
    pub fn parse(text: &str) -> Result<Self, String> {
        const NEEDED: &str = "needed is an address such as http://127.0.0.1:6060/debug/pprof/";
        let uri: Uri = text.parse().map_err(|_| NEEDED)?;
        let (Some(scheme), Some(authority)) = (uri.scheme_str(), uri.authority()) else {
            return Err(format!(
                "{NEEDED}; to look for it, leave the address out and put --pprof behind the rest"
            ));
        };
        if scheme != "http" {
            return Err(format!("{scheme} is not spoken, {NEEDED}"));
        }
        if authority.as_str().contains('@') || authority.host().is_empty() {
            return Err(format!("a name or a password is not taken, {NEEDED}"));
        }
        let path = match uri.path() {
            "" | "/" => USUAL_PATH.to_owned(),
            path if path.ends_with('/') => path.to_owned(),
            path => format!("{path}/"),
        };
        Ok(Self { base: format!("http://{authority}{path}"), port: authority.port_u16().unwrap_or(80) })
    }

    /// The usual place on this machine.
    pub(super) fn on(address: std::net::SocketAddr, path: &str) -> Self {
        Self { base: format!("http://{address}{path}"), port: address.port() }
    }

    /// Its port.
    pub(super) fn port(&self) -> u16 {
        self.port
    }

    /// The address of one profile.
    pub(super) fn of(&self, profile: &str) -> String {
        format!("{}{profile}", self.base)
    }
}

impl fmt::Display for ProfilesUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.base)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_completed() {
        let read = |text: &str| ProfilesUrl::parse(text).map(|url| format!("{url} {}", url.port()));
        let usual = Ok("http://127.0.0.1:6060/debug/pprof/ 6060".to_owned());
        for text in ["", "/", "/debug/pprof", "/debug/pprof/", "/debug/pprof/?debug=1"] {
            assert_eq!(read(&format!("http://127.0.0.1:6060{text}")), usual, "{text}");
        }
        assert_eq!(read("http://[::1]/admin/prof"), Ok("http://[::1]/admin/prof/ 80".to_owned()));
        let url = ProfilesUrl::on("[::1]:7".parse().expect("an address"), "/debug/pprof/");
        assert_eq!(url.of("heap"), "http://[::1]:7/debug/pprof/heap");
    }

    #[test]
    fn what_is_no_address_says_what_is_needed() {
        for (text, part) in [
            ("4711", "put --pprof behind the rest"),
            ("127.0.0.1:6060", "put --pprof behind the rest"),
            ("https://host/", "https is not spoken"),
            ("http://me:secret@host/", "a name or a password is not taken"),
            ("", "needed is an address"),
            ("http:// /", "needed is an address"),
        ] {
            let error = ProfilesUrl::parse(text).expect_err(text);
            assert!(error.contains(part), "{text}: {error}");
        }
    }
}
