//! Requests to a program that may answer anything, or never.

use std::time::{Duration, Instant};
use ureq::Agent;
use ureq::http::Response;

/// Longest wait for a connection; it goes to this machine, or to where the user said.
const CONNECT_LIMIT: Duration = Duration::from_secs(1);
/// A profile as it comes over the line; compressed, of very large programs a few MB.
pub(crate) const MAX_PROFILE_BYTES: u64 = 16 << 20;
/// Unpacked.
pub(crate) const MAX_UNPACKED_BYTES: usize = 32 << 20;
/// Longest text of a program's that is repeated in a message.
const MAX_QUOTED: usize = 100;

/// Why a request gave nothing, to stand behind the address.
#[derive(Debug, thiserror::Error)]
pub(crate) enum RequestError {
    /// It answered something else.
    #[error("answered {status}{}", .location.as_ref().map(|to| format!(" (a redirect to {to:?}, which is not followed)")).unwrap_or_default())]
    Status {
        /// The number.
        status: u16,
        /// Where it points to.
        location: Option<String>,
    },
    /// It was cut off, or did not come.
    #[error("{0}")]
    Failed(String),
}

/// Asks until `deadline`.
#[derive(Debug)]
pub(crate) struct Client {
    agent: Agent,
    deadline: Instant,
}

impl Client {
    /// Follows no redirect, uses no proxy, keeps no cookie.
    pub(crate) fn new(all: Duration) -> Self {
        let config = Agent::config_builder()
            .max_redirects(0)
            .max_redirects_will_error(false)
            .http_status_as_error(false)
            // A proxy from the environment would be somebody else.
            .proxy(None)
            .timeout_connect(Some(CONNECT_LIMIT))
            .max_idle_connections(0)
            .user_agent(concat!("fathom/", env!("CARGO_PKG_VERSION")))
            .build();
        Self { agent: config.new_agent(), deadline: Instant::now() + all }
    }

    /// The body of a good answer, which has at most `most_bytes` and comes within `limit`.
    pub(crate) fn get(&self, url: &str, most_bytes: u64, limit: Duration) -> Result<Vec<u8>, RequestError> {
        let limit = limit.min(self.deadline.saturating_duration_since(Instant::now()));
        if limit.is_zero() {
            return Err(RequestError::Failed(
                "was not asked any more: the time for all requests is over".to_owned(),
            ));
        }
        let failed = |error: ureq::Error| RequestError::Failed(words(&error, most_bytes, limit));
        let request = self.agent.get(url).config().timeout_global(Some(limit)).build();
        let mut response = request.call().map_err(failed)?;
        if response.status() != 200 {
            return Err(RequestError::Status {
                status: response.status().as_u16(),
                location: location(&response),
            });
        }
        response.body_mut().with_config().limit(most_bytes).read_to_vec().map_err(failed)
    }
}

fn words(error: &ureq::Error, most_bytes: u64, limit: Duration) -> String {
    let timed_out = format!("did not answer within {} s", limit.as_secs_f32().ceil());
    match error {
        ureq::Error::Timeout(_) => timed_out,
        ureq::Error::BodyExceedsLimit(_) => format!("answers with more than {most_bytes} bytes"),
        ureq::Error::Io(error) if error.kind() == std::io::ErrorKind::TimedOut => timed_out,
        ureq::Error::Io(error) => format!("cannot be asked: {}", error.kind()),
        other => format!("gives no answer that is understood: {}", quoted(&other.to_string())),
    }
}

fn location<T>(response: &Response<T>) -> Option<String> {
    let value = response.headers().get("location")?;
    Some(quoted(&String::from_utf8_lossy(value.as_bytes())))
}

/// A program's text, cut, without what would move a cursor.
pub(crate) fn quoted(text: &str) -> String {
    text.chars().filter(|c| !c.is_control()).take(MAX_QUOTED).collect()
}

#[cfg(test)]
mod tests;
