//! What looks like a secret, so that it is left out of what people and files get to see.
//!
//! Heuristics on purpose on the safe side: `key` alone counts as a name of a secret. They know the usual shapes and
//! miss unusual ones.

/// Parts of names, wherever they stand.
const PARTS: [&str; 14] = [
    "password",
    "passwd",
    "passphrase",
    "pwd",
    "secret",
    "token",
    "apikey",
    "api-key",
    "api_key",
    "access-key",
    "access_key",
    "credential",
    "private-key",
    "authorization",
];
/// Words of names: `key` counts, `keys` and `monkey` do not.
const WORDS: [&str; 8] = ["key", "auth", "bearer", "cookie", "cookies", "jwt", "session_id", "sessionid"];
/// What tokens of well-known services begin with; each with the fewest characters that follow.
const PREFIXES: [(&str, usize); 15] = [
    ("AKIA", 12),
    ("ASIA", 12),
    ("AIza", 20),
    ("ghp_", 20),
    ("gho_", 20),
    ("ghs_", 20),
    ("ghu_", 20),
    ("github_pat_", 20),
    ("glpat-", 16),
    ("sk-", 20),
    ("sk_live_", 10),
    ("xoxb-", 10),
    ("xoxp-", 10),
    ("npm_", 30),
    ("pypi-", 30),
];

/// Whether a name (of a variable, a flag, a header, a field) is one that secrets have.
pub fn names_secret(name: &str) -> bool {
    let lower = name.to_ascii_lowercase();
    if PARTS.iter().any(|part| lower.contains(part)) || lower.ends_with("session_id") {
        return true;
    }
    words(name).any(|word| WORDS.contains(&word.as_str()))
}

/// Whether a value has the shape of a secret: a web token, a key in PEM, a header with credentials, an address with a
/// password, a token of a well-known service.
pub fn looks_secret(value: &str) -> bool {
    let value = value.trim();
    if value.contains("-----BEGIN ") && value.contains("PRIVATE KEY") {
        return true;
    }
    let with_credentials = ["Bearer ", "Basic ", "Token "]
        .iter()
        .any(|scheme| value.strip_prefix(scheme).is_some_and(|rest| rest.len() >= 8 && !rest.contains(' ')));
    with_credentials || has_password(value) || value.split(is_between).any(is_token)
}

fn is_between(character: char) -> bool {
    character.is_whitespace() || matches!(character, '"' | '\'' | ',' | ';' | '=' | '(' | ')' | '&' | ':')
}

fn is_token(word: &str) -> bool {
    let is_plain =
        |text: &str| text.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.'));
    let begins = PREFIXES.iter().any(|(prefix, rest)| {
        word.strip_prefix(prefix).is_some_and(|follows| follows.len() >= *rest && is_plain(follows))
    });
    // A web token: two parts of JSON in base 64, and the signature.
    let mut parts = word.split('.');
    let is_part = |part: Option<&str>| part.is_some_and(|part| part.starts_with("eyJ") && part.len() > 8);
    begins || is_part(parts.next()) && is_part(parts.next()) && is_plain(word)
}

/// `scheme://user:password@host`.
fn has_password(value: &str) -> bool {
    value
        .split_once("://")
        .and_then(|(_, rest)| rest.split('/').next()?.rsplit_once('@'))
        .is_some_and(|(user, _)| user.split_once(':').is_some_and(|(_, password)| !password.is_empty()))
}

/// `apiKey_v2`: `api`, `key`, `v2`.
fn words(name: &str) -> impl Iterator<Item = String> {
    let mut words = vec![String::new()];
    let mut was_lower = false;
    for character in name.chars() {
        let begins = character.is_uppercase() && was_lower;
        if !character.is_alphanumeric() || begins {
            words.push(String::new());
        }
        if let Some(word) = words.last_mut().filter(|_| character.is_alphanumeric()) {
            word.extend(character.to_lowercase());
        }
        was_lower = character.is_lowercase() || character.is_ascii_digit();
    }
    words.into_iter().filter(|word| !word.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_secrets() {
        for name in [
            "password",
            "db_passwd",
            "API_KEY",
            "apiKey",
            "SECRET",
            "csrf_token",
            "key",
            "signingKey",
            "Authorization",
            "set-cookie",
            "aws_access_key_id",
            "client_credentials",
            "session_id",
            "jwt",
        ] {
            assert!(names_secret(name), "{name}");
        }
        for name in ["keys", "monkey", "keyboard", "author", "n", "format", "tuple", "authors", "session"] {
            assert!(!names_secret(name), "{name}");
        }
    }

    #[test]
    fn shapes_of_secrets() {
        let token = ["eyJhbGciOiJIUzI1NiJ9", "eyJzdWIiOiIxMjM0In0", "c2lnbmF0dXJl"].join(".");
        let aws = format!("AKIA{}", "ABCDEFGHIJKLMNOP");
        let hub = format!("token is ghp_{}", "a1".repeat(18));
        let pem = format!("-----BEGIN {} KEY-----\nabc", "RSA PRIVATE");
        for value in [&token, &aws, &hub, &pem, "Bearer abcdefgh12345", "postgres://me:pw@h/db"] {
            assert!(looks_secret(value), "{value}");
        }
        for value in [
            "AKIA",
            "hello world",
            "http://h:80/a@b",
            "postgres://h/db",
            "Bearer of news",
            "eyJ",
            "a.b.c",
            "",
        ] {
            assert!(!looks_secret(value), "{value}");
        }
    }
}
