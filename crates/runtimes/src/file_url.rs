//! Addresses of files as programs name them.

/// The path of a `file:` address, its escapes resolved; anything else as it is.
pub fn path_of_url(url: &str) -> String {
    let Some(path) = url.strip_prefix("file://") else { return url.to_owned() };
    let mut bytes = Vec::with_capacity(path.len());
    let mut rest = path.as_bytes();
    while let Some((first, after)) = rest.split_first() {
        let digits =
            after.get(..2).filter(|_| *first == b'%').and_then(|digits| std::str::from_utf8(digits).ok());
        match digits.and_then(|digits| u8::from_str_radix(digits, 16).ok()) {
            Some(byte) => {
                bytes.push(byte);
                rest = &after[2..];
            }
            None => {
                bytes.push(*first);
                rest = after;
            }
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn escapes_are_resolved() {
        assert_eq!(path_of_url("file:///srv/a%20b/%C3%A4.mjs"), "/srv/a b/ä.mjs");
        assert_eq!(path_of_url("file:///100%/%zz"), "/100%/%zz");
        assert_eq!(path_of_url("node:internal/timers"), "node:internal/timers");
        assert_eq!(path_of_url("/srv/%20"), "/srv/%20");
    }
}
