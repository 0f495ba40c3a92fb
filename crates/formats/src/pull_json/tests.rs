//! Documents whole, cut, deep and damaged.

use super::*;
use proptest::prelude::*;

fn json(text: &[u8]) -> PullJson<&[u8]> {
    PullJson::new(text)
}

fn text(document: &str) -> Option<String> {
    json(document.as_bytes()).text().expect("whole")
}

#[test]
fn members_come_as_they_stand() {
    let mut seen = Vec::new();
    let mut json =
        json(b"\xef\xbb\xbf {\"a\" : 1.5, \"skipped\": [{\"x\": \"]\\\"\"}, null], \"b\":[\"q\", 2,],}");
    let is_object = json
        .members(|json, name| {
            match name {
                "a" => seen.push(format!("a={}", json.number()?.expect("a number").as_f64())),
                "b" => {
                    json.items(|json, at| {
                        seen.push(format!("{at}={:?}", json.text()?));
                        Ok(())
                    })?;
                }
                _ => json.skip()?,
            }
            Ok(())
        })
        .expect("whole");
    assert!(is_object);
    assert_eq!(seen, ["a=1.5", "0=Some(\"q\")", "1=None"]);
}

#[test]
fn texts_have_their_escapes_taken_off() {
    assert_eq!(text(r#""a\n\u00e9\ud83d\ude00\/\"""#).as_deref(), Some("a\né😀/\""));
    // Halves of a pair stand alone.
    assert_eq!(text(r#""\ud83d\n\udc00x""#).as_deref(), Some("\u{fffd}\n\u{fffd}x"));
    assert_eq!(json(b"\"a\xffb\"").text().expect("whole").as_deref(), Some("a\u{fffd}b"));
    assert_eq!(text("17"), None);
}

#[test]
fn numbers_are_exact_where_they_are_whole() {
    let number = |text: &str| json(text.as_bytes()).number();
    assert_eq!(number("9007199254740993 "), Ok(Some(Number::Whole(9_007_199_254_740_993))));
    assert_eq!(number("-1.5e2,"), Ok(Some(Number::Fraction(-150.0))));
    assert_eq!(number("99999999999999999999"), Ok(Some(Number::Fraction(1e20))));
    assert_eq!(number("-Infinity"), Ok(Some(Number::Fraction(f64::NEG_INFINITY))));
    assert_eq!(number("null"), Ok(None));
    assert_eq!(number("1x,").expect_err("damage").message, "`1x` is no number");
    assert_eq!(number("1e").expect_err("damage").message, "the file ends where a number should go on");
    assert_eq!(number("007]"), Ok(Some(Number::Whole(7))));
    assert_eq!(Number::Fraction(1e300).scaled(1000), None);
    assert_eq!(Number::Whole(i64::MAX).scaled(2), None);
    assert_eq!(Number::Fraction(f64::NAN).scaled(1), None);
    assert_eq!(Number::Fraction(2.5).as_index(), None);
}

#[test]
fn decimals_are_exact() {
    let decimal = |text: &str| json(text.as_bytes()).decimal(6).expect("whole");
    assert_eq!(decimal("9223372036854.775807"), Some(i64::MAX));
    assert_eq!(decimal("-9223372036854.775808"), Some(i64::MIN));
    assert_eq!(decimal("1.0000005"), Some(1_000_001));
    assert_eq!(decimal("-0.00000149"), Some(-1));
    assert_eq!(decimal("1.5e3"), Some(1_500_000_000));
    assert_eq!(decimal("9223372036855"), None);
    assert_eq!(decimal("1e300"), None);
}

#[test]
fn the_byte_of_damage_is_told() {
    let damage = |text: &str| json(text.as_bytes()).members(|json, _| json.skip()).expect_err("damage");
    assert_eq!(
        damage("{\"a\": [1, 2"),
        Damage { at: 11, message: "the file ends where a value should go on".into() }
    );
    assert_eq!(damage("{\"a\": 1 \"b\"").message, "found `\\\"` instead of `,` or `}`");
    assert_eq!(damage("{\"a\" 1}").message, "found `1` instead of `:` behind a name");
}

#[test]
fn depth_costs_nothing() {
    let deep = "[".repeat(3_000_000);
    assert_eq!(json(deep.as_bytes()).skip().expect_err("cut").at, 3_000_000);
    let whole = format!("{deep}{}", "]".repeat(3_000_000));
    assert_eq!(json(whole.as_bytes()).skip(), Ok(()));
}

#[test]
fn raw_values_are_valid_and_bounded() {
    let raw = |text: &str, most| json(text.as_bytes()).raw(most).expect("whole");
    assert_eq!(raw("{ \"a\" : [1, \"x y\"] } ", 100).as_deref(), Some("{\"a\":[1,\"x y\"]}"));
    assert_eq!(raw("{\"a\": \"0123456789\"}", 10), None);
    assert_eq!(raw("{\"a\": ]", 100), None);
}

#[test]
fn repeated_issues_are_counted() {
    let mut log = Log::new("test");
    (0..1000).for_each(|at| log.at("bad rows", at, || format!("row {at} is bad")));
    let issues = log.finish();
    assert_eq!(issues.len(), 5);
    assert_eq!(issues[4].message, "996 more of the same: bad rows");
}

proptest! {
    #[test]
    fn any_bytes_end(bytes in proptest::collection::vec(prop_oneof![any::<u8>(), Just(b'"'), Just(b'['), Just(b'{'), Just(b'\\'), Just(b',')], 0..200)) {
        let _ = json(&bytes).skip();
        let _ = json(&bytes).raw(50);
        let _ = json(&bytes).members(|json, _| json.text().map(|_| ()));
        let _ = json(&bytes).items(|json, _| json.number().map(|_| ()));
    }

    #[test]
    fn texts_read_back(text in ".{0,40}") {
        let document = serde_json::to_string(&text).expect("a text");
        prop_assert_eq!(json(document.as_bytes()).text().expect("whole"), Some(text));
    }
}
