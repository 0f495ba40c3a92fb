//! Tokens of what is JSON, nearly JSON, and not.

use super::*;
use proptest::prelude::*;

/// Every token, and why they ended.
fn words(text: &[u8]) -> (String, Option<Damage>) {
    let mut tokens = JsonTokens::new(text);
    let mut words = Vec::new();
    loop {
        words.push(match tokens.token() {
            Token::Object => "{".to_owned(),
            Token::ObjectEnd => "}".to_owned(),
            Token::Array => "[".to_owned(),
            Token::ArrayEnd => "]".to_owned(),
            Token::Key => format!("{}:", tokens.key()),
            Token::Text => format!("'{}'", tokens.last_text()),
            Token::Number => tokens.last_text().to_owned(),
            Token::Bool(value) => value.to_string(),
            Token::Null => "null".to_owned(),
            Token::End => break,
        });
    }
    (words.join(" "), tokens.damage.clone())
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
        (broken.at, broken.message.as_str()),
        (12, "the file ends where a value should go on, within 2 open objects and arrays")
    );
    assert_eq!(words(b"[1}").1.map(|broken| broken.message), Some("`}` closes nothing here".to_owned()));
    assert_eq!(words(b"{1:2}").1.map(|broken| broken.at), Some(1));
    assert_eq!(words(b"[NaN, -Infinity]"), ("[ NaN -Infinity ]".to_owned(), None));
    assert_eq!(words(b"[undefined]").1.map(|broken| broken.at), Some(1));
    assert_eq!(words(b"[1, nul").1.map(|broken| broken.message.contains("the file ends")), Some(true));
    // Halves of a pair stand alone.
    assert_eq!(
        words(br#"["\ud83dx", "\ud83d\n", "\udc00", "\ud83d\ud83d\ude00"]"#).0,
        "[ '\u{fffd}x' '\u{fffd}\n' '\u{fffd}' '\u{fffd}\u{1f600}' ]"
    );
}

#[test]
fn a_comma_that_is_missing_is_told_once() {
    let text = b"[1 2 {\"a\": 1 \"b\": 2}]";
    let (found, broken) = words(text);
    assert_eq!((found.as_str(), broken), ("[ 1 2 { a: 1 b: 2 } ]", None));
    let mut tokens = JsonTokens::new(&text[..]);
    while tokens.token() != Token::End {}
    let issues: Vec<String> = tokens.issues("test").iter().map(ToString::to_string).collect();
    assert_eq!(issues, ["test at byte 3: a comma is missing"]);
}

#[test]
fn deep_nesting_costs_no_stack() {
    let (found, _) = words(&b"[".repeat(1_000_000));
    assert_eq!(found.len(), 1_999_999);
    let deep = [b"[".repeat(1_000_000), b"]".repeat(1_000_000)].concat();
    let mut tokens = JsonTokens::new(deep.as_slice());
    tokens.skip_value();
    assert_eq!((tokens.token(), tokens.is_broken()), (Token::End, false));
}

#[test]
fn values_are_skipped_whole() {
    let mut tokens = JsonTokens::new(&br#"{"a": {"b": [1, {"c": 2}]}, "d": 7}"#[..]);
    assert_eq!(tokens.token(), Token::Object);
    assert_eq!(tokens.next_key(), Some("a"));
    tokens.skip_value();
    assert_eq!(tokens.next_key(), Some("d"));
    assert_eq!((tokens.key(), tokens.depth()), ("d", 1));
    assert_eq!(tokens.word(), Some("7"));
    assert_eq!(tokens.next_key(), None);
}

/// The first message about what is wrong after a whole value was skipped, and its byte.
fn damage_in(text: &str) -> Option<(u64, String)> {
    let mut tokens = JsonTokens::new(text.as_bytes());
    tokens.enter(Token::Object);
    while tokens.next_key().is_some() {
        tokens.skip_value();
    }
    tokens.damage.map(|damage| (damage.at, damage.message))
}

#[test]
fn what_is_skipped_is_looked_at_too() {
    assert_eq!(damage_in(r#"{"a": [{"x": "]\"}\\"}, null], "b": undefined, "c": "d\"", "e": -1}"#), None);
    for (text, at, message) in [
        ("{\"a\": [1, 2", 11, "the file ends where a value should go on, within 2 open objects and arrays"),
        ("{\"a\": \"b\\\"", 10, "the file ends where a value should go on, within 1 open objects and arrays"),
        ("{\"a\" 1}", 5, "found `1` instead of `:` behind a name"),
        ("{\"a\": }", 6, "found `}` instead of a value"),
        ("{\"a\": [;]}", 7, "found `;` instead of a value"),
        ("{\"a\": [1}}", 8, "`}` closes nothing here"),
    ] {
        assert_eq!(damage_in(text), Some((at, message.to_owned())), "{text}");
    }
}

#[test]
fn nesting_has_an_end() {
    let mut tokens = JsonTokens::new(std::io::repeat(b'['));
    tokens.skip_value();
    assert!(tokens.is_broken() && tokens.depth() == MAX_DEPTH);
}

#[test]
fn numbers_are_exact_where_they_are_whole() {
    let read = |text: &str| {
        let mut tokens = JsonTokens::new(text.as_bytes());
        let number = tokens.number();
        (number, tokens.damage.map(|damage| damage.message))
    };
    for (text, expected) in [
        ("9007199254740993 ", Some(Number::Whole(9_007_199_254_740_993))),
        ("-1.5e2", Some(Number::Fraction(-150.0))),
        ("99999999999999999999", Some(Number::Fraction(1e20))),
        ("-Infinity", Some(Number::Fraction(f64::NEG_INFINITY))),
        ("007", Some(Number::Whole(7))),
        ("null", None),
        ("\"7\"", None),
    ] {
        assert_eq!(read(text), (expected, None), "{text}");
    }
    assert_eq!(read("1x ").1.as_deref(), Some("`1x` is no number"));
    assert_eq!(read("1e").1.as_deref(), Some("the file ends where a value should go on"));
    assert_eq!(read(&"1".repeat(401)).1.as_deref(), Some("a number of more than 400 digits"));
    assert_eq!(Number::Fraction(1e300).scaled(1000), None);
    assert_eq!(Number::Whole(i64::MAX).scaled(2), None);
    assert_eq!(Number::Fraction(f64::NAN).scaled(1), None);
    assert_eq!(Number::Fraction(2.5).as_index(), None);
}

#[test]
fn decimals_are_exact() {
    let decimal = |text: &str| JsonTokens::of_text(text).decimal(6);
    assert_eq!(decimal("9223372036854.775807"), Some(i64::MAX));
    assert_eq!(decimal("-9223372036854.775808"), Some(i64::MIN));
    assert_eq!(decimal("1.0000005"), Some(1_000_001));
    assert_eq!(decimal("1.5e3"), Some(1_500_000_000));
    assert_eq!(decimal("9223372036855"), None);
    assert_eq!(decimal("1e300"), None);
}

#[test]
fn a_token_that_is_looked_at_stays() {
    let mut tokens = JsonTokens::of_text("{\"a\": [1, \"x\"], \"b\": 2}");
    assert!(tokens.enter(Token::Object));
    assert_eq!(tokens.next_key(), Some("a"));
    assert_eq!(tokens.peek(), Token::Array);
    assert_eq!(tokens.token_at(), 6);
    tokens.skip_value();
    assert_eq!(tokens.next_key(), Some("b"));
    assert_eq!(tokens.peek(), Token::Number);
    assert_eq!(tokens.key(), "b");
    assert_eq!(tokens.number(), Some(Number::Whole(2)));
    assert_eq!(tokens.next_key(), None);
    let mut tokens = JsonTokens::of_text("[\"\\u00e9\", 3,]");
    assert!(tokens.enter(Token::Array) && tokens.next_item());
    assert_eq!(tokens.text(), Some("é"));
    assert!(tokens.next_item());
    assert_eq!(tokens.text(), None);
    assert_eq!(tokens.token_at(), 11);
    assert!(!tokens.next_item() && !tokens.is_broken());
}

#[test]
fn raw_values_are_valid_and_bounded() {
    let raw = |text: &str, most| JsonTokens::of_text(text).raw(most);
    assert_eq!(raw("{ \"a\" : [1, \"x \\\" y\"] } ", 100).as_deref(), Some("{\"a\":[1,\"x \\\" y\"]}"));
    assert_eq!(raw(" 1.2 ", 100).as_deref(), Some("1.2"));
    assert_eq!(raw("\"a\\nb\"", 100).as_deref(), Some("\"a\\nb\""));
    assert_eq!(raw("{\"a\": \"0123456789\"}", 10), None);
    assert_eq!(raw("{\"a\": ]", 100), None);
    assert_eq!(raw("{\"a\": undefined}", 100), None);
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
    fn a_reader_that_gives_little_changes_nothing(text in r#"[\[{]["a\\,:1u]{0,30}[}\]]"#, at_once in 1_usize..5) {
        let mut whole = JsonTokens::new(text.as_bytes());
        let mut pieces = JsonTokens::with_block(text.as_bytes(), at_once);
        loop {
            let (one, other) = (whole.token(), pieces.token());
            prop_assert_eq!(one, other);
            prop_assert_eq!(whole.last_text(), pieces.last_text());
            prop_assert_eq!(whole.key(), pieces.key());
            if one == Token::End {
                break;
            }
        }
        prop_assert_eq!(&whole.damage, &pieces.damage);
        let mut whole = JsonTokens::new(text.as_bytes());
        let mut pieces = JsonTokens::with_block(text.as_bytes(), at_once);
        prop_assert_eq!(whole.raw(20), pieces.raw(20));
        prop_assert_eq!(&whole.damage, &pieces.damage);
    }

    #[test]
    fn any_bytes_end(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
        prop_assert!(words(&bytes).0.len() <= 8 * bytes.len() + 8);
    }
}
