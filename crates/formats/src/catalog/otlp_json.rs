//! OpenTelemetry profiles as JSON: the same messages as `otlp`, whose folder reads and writes both.

pub(super) use super::otlp::JSON_FORMAT as FORMAT;
