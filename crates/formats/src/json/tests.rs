//! Tokens of what is JSON, nearly JSON, and not.

use super::*;
use proptest::prelude::*;

/// Every token, and why they ended.
fn words(text: &[u8]) -> (String, Option<Broken>) {
    let mut tokens = JsonTokens::new(text);
    let mut words = Vec::new();
    loop {
        words.push(match tokens.token() {
            Token::Object => "{".to_owned(),
            Token::ObjectEnd => "}".to_owned(),
            Token::Array => "[".to_owned(),
            Token::ArrayEnd => "]".to_owned(),
            Token::Key => format!("{}:", tokens.text()),
            Token::Text => format!("'{}'", tokens.text()),
            Token::Number => tokens.text().to_owned(),
            Token::Bool(value) => value.to_string(),
            Token::Null => "null".to_owned(),
            Token::End => break,
        });
    }
    (words.join(" "), tokens.broken().cloned())
}

#[test]
fn json_is_read() {
    let text = br#" {"a": [1, -2.5e3, "x\"\u00e9\ud83d\ude00\n"], "b": {"c": null, "d": true}, "": []} "#;
    let (found, broken) = words(text);
    assert_eq!(found, "{ a: [ 1 -2.5e3 'x\"\u{e9}\u{1f600}\n' ] b: { c: null d: true } : [ ] }");
    assert_eq!(broken, None);
    assert_eq!(words(b"\xef\xbb\xbf[1]").0, "[ 1 ]");
}

#[test]
fn what_is_nearly_json_is_read_as_far_as_it_goes() {
    assert_eq!(words(b"[1,,2,]"), ("[ 1 2 ]".to_owned(), None));
    let (found, broken) = words(b"[{\"a\":1},{\"b");
    assert_eq!(found, "[ { a: 1 } {");
    let broken = broken.expect("cut");
    assert_eq!(
        (broken.offset, broken.message.as_str()),
        (12, "the file ends within 2 open objects and arrays")
    );
    assert_eq!(words(b"[1}").1.map(|broken| broken.message), Some("`}` closes nothing here".to_owned()));
    assert_eq!(words(b"{1:2}").1.map(|broken| broken.offset), Some(1));
    assert_eq!(words(b"[NaN, -Infinity]").0, "[ null null ]");
    assert_eq!(words(b"[\"\\ud83dx\", \"\\ud83d\\n\"]").0, "[ '\u{fffd}x' '\u{fffd}' ]");
}

#[test]
fn deep_nesting_costs_no_stack() {
    let (found, _) = words(&b"[".repeat(1_000_000));
    assert_eq!(found.len(), 1_999_999);
    let deep = [b"[".repeat(1_000_000), b"]".repeat(1_000_000)].concat();
    let mut tokens = JsonTokens::new(deep.as_slice());
    tokens.skip_value();
    assert_eq!((tokens.token(), tokens.broken()), (Token::End, None));
}

#[test]
fn values_are_skipped_whole() {
    let mut tokens = JsonTokens::new(&br#"{"a": {"b": [1, {"c": 2}]}, "d": 7}"#[..]);
    assert_eq!(tokens.token(), Token::Object);
    assert!(tokens.next_key());
    tokens.skip_value();
    assert!(tokens.next_key());
    assert_eq!((tokens.text(), tokens.depth()), ("d", 1));
    assert_eq!(tokens.word(), Some("7"));
    assert!(!tokens.next_key());
}

proptest! {
    #[test]
    fn what_a_writer_of_json_writes_is_read(text in ".{0,40}", number in any::<i64>()) {
        let json = serde_json::json!([text, number]).to_string();
        let mut tokens = JsonTokens::new(json.as_bytes());
        prop_assert_eq!(tokens.token(), Token::Array);
        prop_assert_eq!(tokens.word(), Some(text.as_str()));
        prop_assert_eq!(tokens.word().and_then(integer), Some(number.max(-i64::MAX)));
        prop_assert_eq!(tokens.token(), Token::ArrayEnd);
    }

    #[test]
    fn any_bytes_end(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
        prop_assert!(words(&bytes).0.len() <= 8 * bytes.len() + 8);
    }
}
