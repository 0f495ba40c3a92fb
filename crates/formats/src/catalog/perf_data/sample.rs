//! `PERF_RECORD_SAMPLE`: the parts that a profile needs, up to the chain of calls.

use super::attribute::{
    ADDR, Attribute, CALLCHAIN, CPU, ID, IDENTIFIER, IP, PERIOD, READ, STREAM_ID, TID, TIME,
};
use super::fields::Fields;

/// Bits of `read_format`.
const TIMES: u64 = 0b11;
const READ_ID: u64 = 1 << 2;
const READ_GROUP: u64 = 1 << 3;
const READ_LOST: u64 = 1 << 4;

#[derive(Clone, Copy, Default)]
pub(super) struct RawSample<'a> {
    pub(super) address: Option<u64>,
    pub(super) pid: i32,
    pub(super) tid: i32,
    pub(super) time_nanos: Option<u64>,
    pub(super) cpu: Option<u32>,
    pub(super) period: Option<u64>,
    /// Numbers of 64 bits: addresses, innermost first, and marks between them.
    pub(super) chain: &'a [u8],
}

/// Reads a sample of this event; `None` if it ends too early.
pub(super) fn sample<'a>(attribute: &Attribute, body: &'a [u8], is_big: bool) -> Option<RawSample<'a>> {
    let mut fields = Fields::new(body, is_big);
    let mut sample = RawSample::default();
    if attribute.has(IDENTIFIER) {
        fields.u64()?;
    }
    if attribute.has(IP) {
        sample.address = Some(fields.u64()?);
    }
    if attribute.has(TID) {
        (sample.pid, sample.tid) = (fields.i32()?, fields.i32()?);
    }
    if attribute.has(TIME) {
        sample.time_nanos = Some(fields.u64()?);
    }
    for part in [ADDR, ID, STREAM_ID] {
        if attribute.has(part) {
            fields.u64()?;
        }
    }
    if attribute.has(CPU) {
        sample.cpu = Some(fields.u32()?);
        fields.u32()?;
    }
    if attribute.has(PERIOD) {
        sample.period = Some(fields.u64()?);
    }
    if attribute.has(READ) {
        skip_counts(attribute.read_format, &mut fields)?;
    }
    if attribute.has(CALLCHAIN) {
        let length = usize::try_from(fields.u64()?.checked_mul(8)?).ok()?;
        sample.chain = fields.bytes(length)?;
    }
    Some(sample)
}

fn skip_counts(format: u64, fields: &mut Fields<'_>) -> Option<()> {
    let times = u64::from((format & TIMES).count_ones());
    let each = 1 + u64::from((format & (READ_ID | READ_LOST)).count_ones());
    if format & READ_GROUP == 0 {
        return fields.skip_u64(times + each);
    }
    let n = fields.u64()?;
    fields.skip_u64(n.checked_mul(each)?.checked_add(times)?)
}
