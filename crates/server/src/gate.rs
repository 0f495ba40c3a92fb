//! Who may ask for what. Pure: reads the head of a request and nothing else.
//!
//! A page of another site can make this machine's browser send requests here: it does not know the secret, and it
//! cannot hide its name in `Host` (a name that it pointed at 127.0.0.1), `Origin` or `Sec-Fetch-Site`.

use hyper::header::{HOST, HeaderName, ORIGIN};
use hyper::http::request::Parts;
use hyper::{HeaderMap, Method, StatusCode};

use crate::token::Token;

/// What is asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Route {
    Page,
    Data,
    Source(String),
    MachineCode(u32),
}

/// Checks a request for the server at `port`.
pub(crate) fn route(parts: &Parts, port: u16, token: &Token) -> Result<Route, StatusCode> {
    if parts.method != Method::GET {
        return Err(StatusCode::METHOD_NOT_ALLOWED);
    }
    let ours = [format!("127.0.0.1:{port}"), format!("localhost:{port}")];
    let host = only_value(&parts.headers, &HOST).ok_or(StatusCode::FORBIDDEN)?;
    if !ours.iter().any(|own| host.eq_ignore_ascii_case(own)) {
        return Err(StatusCode::FORBIDDEN);
    }
    // A request target with a host of its own (for proxies) is none of a browser's.
    if parts.uri.authority().is_some() {
        return Err(StatusCode::FORBIDDEN);
    }
    if parts.headers.contains_key(ORIGIN) {
        let origin = only_value(&parts.headers, &ORIGIN).and_then(|origin| origin.strip_prefix("http://"));
        if !origin.is_some_and(|origin| origin.eq_ignore_ascii_case(host)) {
            return Err(StatusCode::FORBIDDEN);
        }
    }
    let fetch_site = HeaderName::from_static("sec-fetch-site");
    if parts.headers.contains_key(&fetch_site) {
        // `none` is an address that was typed, or opened from outside the browser.
        let is_ours = matches!(only_value(&parts.headers, &fetch_site), Some("same-origin" | "none"));
        if !is_ours {
            return Err(StatusCode::FORBIDDEN);
        }
    }
    let (secret, rest) = parts
        .uri
        .path()
        .strip_prefix('/')
        .and_then(|path| path.split_once('/'))
        .ok_or(StatusCode::NOT_FOUND)?;
    if !token.is(secret) {
        return Err(StatusCode::NOT_FOUND);
    }
    let query = parts.uri.query().unwrap_or_default();
    match rest {
        "" => Ok(Route::Page),
        "data" => Ok(Route::Data),
        "source" => parameter(query, "file").map(Route::Source).ok_or(StatusCode::BAD_REQUEST),
        "asm" => {
            let number = parameter(query, "fn").and_then(|number| number.parse().ok());
            number.map(Route::MachineCode).ok_or(StatusCode::BAD_REQUEST)
        }
        _ => Err(StatusCode::NOT_FOUND),
    }
}

/// A header's value; `None` where it is missing, there twice or not text.
fn only_value<'a>(headers: &'a HeaderMap, name: &HeaderName) -> Option<&'a str> {
    let mut values = headers.get_all(name).iter();
    let value = values.next()?.to_str().ok()?;
    values.next().is_none().then_some(value)
}

/// A value of a query, with `%XX` and `+` taken back.
fn parameter(query: &str, name: &str) -> Option<String> {
    let pair = query.split('&').filter_map(|pair| pair.split_once('=')).find(|(key, _)| *key == name);
    let mut bytes = Vec::new();
    let mut rest = pair?.1.bytes();
    while let Some(byte) = rest.next() {
        bytes.push(match byte {
            b'+' => b' ',
            b'%' => {
                let digits = [rest.next()?, rest.next()?];
                u8::from_str_radix(std::str::from_utf8(&digits).ok()?, 16).ok()?
            }
            other => other,
        });
    }
    String::from_utf8(bytes).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parameters_are_decoded() {
        assert_eq!(parameter("a=1&file=%2Fa%20b+c%C3%A4", "file").as_deref(), Some("/a b cä"));
        for broken in ["file=%", "file=%4", "file=%zz", "file=%ff", "other=1", ""] {
            assert_eq!(parameter(broken, "file"), None, "{broken}");
        }
    }
}
