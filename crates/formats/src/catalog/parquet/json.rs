//! `meta.json`.

use fathom_model::Meta;
use serde_json::Value;

pub(super) fn write(meta: &Meta) -> Vec<u8> {
    // Meta has no maps with other keys than text and no own serialisers that fail.
    let mut bytes = serde_json::to_vec_pretty(meta).expect("meta holds only what JSON can say");
    bytes.push(b'\n');
    bytes
}

/// Only the version, so that a later major whose members differ is refused for what it is.
pub(super) fn format_version(bytes: &[u8]) -> Result<String, String> {
    #[derive(serde::Deserialize)]
    struct Head {
        format_version: String,
    }
    serde_json::from_slice(bytes).map(|head: Head| head.format_version).map_err(|error| error.to_string())
}

/// Reads a head from JSON. Members that this version does not know are ignored, and so are signals.
///
/// # Errors
/// What is wrong with the JSON.
pub fn read(bytes: &[u8]) -> Result<Meta, String> {
    let mut value: Value = serde_json::from_slice(bytes).map_err(|error| error.to_string())?;
    without_nulls(&mut value);
    if let Some(Value::Array(signals)) = value.get_mut("signals") {
        signals.retain(|name| name.as_str().is_some_and(|name| fathom_model::Signal::parse(name).is_some()));
    }
    serde_json::from_value(value).map_err(|error| error.to_string())
}

/// JSON has no NaN: such a number is written as `null`. Taken out, it reads as the member's default.
fn without_nulls(value: &mut Value) {
    match value {
        Value::Object(members) => {
            members.retain(|_, member| !member.is_null());
            members.values_mut().for_each(without_nulls);
        }
        Value::Array(elements) => elements.iter_mut().for_each(without_nulls),
        _ => {}
    }
}
