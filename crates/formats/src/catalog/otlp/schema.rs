//! The messages of the schema: names and numbers of their fields, and how values stand in protobuf and in JSON.
//!
//! Knows no values. Fields that are not listed are gone past.

/// How a value of a field stands in the bytes.
#[derive(Clone, Copy, Debug)]
pub(super) enum Kind {
    /// A message.
    Message(&'static Schema),
    /// A string.
    Text,
    /// Bytes: base64 in JSON.
    Bytes,
    /// The id of a trace or a span: hexadecimal in JSON.
    Id,
    /// A varint that JSON has as a number.
    Small,
    /// A varint that is a text in JSON, because it may be too large for its numbers; with a sign.
    Signed,
    /// The same without a sign.
    Unsigned,
    /// Eight bytes, a text in JSON.
    Fixed,
    /// A floating-point number.
    Double,
    /// true or false.
    Truth,
}

/// A field of a message.
#[derive(Debug)]
pub(super) struct Field {
    /// Its name in JSON.
    pub(super) name: &'static str,
    pub(super) number: u64,
    pub(super) kind: Kind,
    pub(super) is_list: bool,
}

/// A message.
#[derive(Debug)]
pub(super) struct Schema {
    pub(super) fields: &'static [Field],
}

impl Schema {
    pub(super) fn numbered(&self, number: u64) -> Option<&Field> {
        self.fields.iter().find(|field| field.number == number)
    }

    /// The field with this name, in either spelling: `stackIndex` or `stack_index`.
    pub(super) fn named(&self, name: &str) -> Option<&Field> {
        let is_same = |field: &&Field| {
            let mut letters = field.name.bytes();
            let mut is_new_word = false;
            let same = name.bytes().all(|letter| {
                if letter == b'_' {
                    is_new_word = true;
                    return true;
                }
                let letter = if is_new_word { letter.to_ascii_uppercase() } else { letter };
                is_new_word = false;
                letters.next() == Some(letter)
            });
            same && letters.next().is_none()
        };
        self.fields.iter().find(is_same)
    }
}

const fn one(name: &'static str, number: u64, kind: Kind) -> Field {
    Field { name, number, kind, is_list: false }
}

const fn list(name: &'static str, number: u64, kind: Kind) -> Field {
    Field { name, number, kind, is_list: true }
}

use Kind::{Bytes, Double, Fixed, Id, Message, Signed, Small, Text, Truth, Unsigned};

pub(super) static PROFILES_DATA: Schema = Schema {
    fields: &[
        list("resourceProfiles", 1, Message(&RESOURCE_PROFILES)),
        one("dictionary", 2, Message(&DICTIONARY)),
    ],
};

static RESOURCE_PROFILES: Schema = Schema {
    fields: &[
        one("resource", 1, Message(&RESOURCE)),
        list("scopeProfiles", 2, Message(&SCOPE_PROFILES)),
        one("schemaUrl", 3, Text),
    ],
};

static RESOURCE: Schema =
    Schema { fields: &[list("attributes", 1, Message(&KEY_VALUE)), one("droppedAttributesCount", 2, Small)] };

static SCOPE_PROFILES: Schema = Schema {
    fields: &[
        one("scope", 1, Message(&SCOPE)),
        list("profiles", 2, Message(&PROFILE)),
        one("schemaUrl", 3, Text),
    ],
};

static SCOPE: Schema = Schema {
    fields: &[
        one("name", 1, Text),
        one("version", 2, Text),
        list("attributes", 3, Message(&KEY_VALUE)),
        one("droppedAttributesCount", 4, Small),
    ],
};

static PROFILE: Schema = Schema {
    fields: &[
        one("sampleType", 1, Message(&VALUE_TYPE)),
        list("samples", 2, Message(&SAMPLE)),
        one("timeUnixNano", 3, Fixed),
        one("durationNano", 4, Unsigned),
        one("periodType", 5, Message(&VALUE_TYPE)),
        one("period", 6, Signed),
        one("profileId", 7, Id),
        one("droppedAttributesCount", 8, Small),
        one("originalPayloadFormat", 9, Text),
        one("originalPayload", 10, Bytes),
        list("attributeIndices", 11, Small),
    ],
};

static VALUE_TYPE: Schema =
    Schema { fields: &[one("typeStrindex", 1, Small), one("unitStrindex", 2, Small)] };

static SAMPLE: Schema = Schema {
    fields: &[
        one("stackIndex", 1, Small),
        list("attributeIndices", 2, Small),
        one("linkIndex", 3, Small),
        list("values", 4, Signed),
        list("timestampsUnixNano", 5, Fixed),
    ],
};

static DICTIONARY: Schema = Schema {
    fields: &[
        list("mappingTable", 1, Message(&MAPPING)),
        list("locationTable", 2, Message(&LOCATION)),
        list("functionTable", 3, Message(&FUNCTION)),
        list("linkTable", 4, Message(&LINK)),
        list("stringTable", 5, Text),
        list("attributeTable", 6, Message(&ATTRIBUTE)),
        list("stackTable", 7, Message(&STACK)),
    ],
};

static MAPPING: Schema = Schema {
    fields: &[
        one("memoryStart", 1, Unsigned),
        one("memoryLimit", 2, Unsigned),
        one("fileOffset", 3, Unsigned),
        one("filenameStrindex", 4, Small),
        list("attributeIndices", 5, Small),
    ],
};

static LOCATION: Schema = Schema {
    fields: &[
        one("mappingIndex", 1, Small),
        one("address", 2, Unsigned),
        list("lines", 3, Message(&LINE)),
        list("attributeIndices", 4, Small),
    ],
};

static LINE: Schema =
    Schema { fields: &[one("functionIndex", 1, Small), one("line", 2, Signed), one("column", 3, Signed)] };

static FUNCTION: Schema = Schema {
    fields: &[
        one("nameStrindex", 1, Small),
        one("systemNameStrindex", 2, Small),
        one("filenameStrindex", 3, Small),
        one("startLine", 4, Signed),
    ],
};

static LINK: Schema = Schema { fields: &[one("traceId", 1, Id), one("spanId", 2, Id)] };

static ATTRIBUTE: Schema = Schema {
    fields: &[
        one("keyStrindex", 1, Small),
        one("value", 2, Message(&ANY_VALUE)),
        one("unitStrindex", 3, Small),
    ],
};

static STACK: Schema = Schema { fields: &[list("locationIndices", 1, Small)] };

static KEY_VALUE: Schema = Schema {
    fields: &[one("key", 1, Text), one("value", 2, Message(&ANY_VALUE)), one("keyStrindex", 3, Small)],
};

static ANY_VALUE: Schema = Schema {
    fields: &[
        one("stringValue", 1, Text),
        one("boolValue", 2, Truth),
        one("intValue", 3, Signed),
        one("doubleValue", 4, Double),
        one("arrayValue", 5, Message(&ARRAY_VALUE)),
        one("bytesValue", 7, Bytes),
        one("stringValueStrindex", 8, Small),
    ],
};

// Values within values are kept one level deep: nothing that a profile says needs more.
static ARRAY_VALUE: Schema = Schema { fields: &[list("values", 1, Message(&SIMPLE_VALUE))] };

static SIMPLE_VALUE: Schema = Schema {
    fields: &[
        one("stringValue", 1, Text),
        one("boolValue", 2, Truth),
        one("intValue", 3, Signed),
        one("doubleValue", 4, Double),
        one("stringValueStrindex", 8, Small),
    ],
};

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_found_in_either_spelling() {
        for name in ["timestampsUnixNano", "timestamps_unix_nano"] {
            assert_eq!(SAMPLE.named(name).map(|field| field.number), Some(5), "{name}");
        }
        assert!(SAMPLE.named("stack").is_none() && SAMPLE.named("stackIndexes").is_none());
    }
}
