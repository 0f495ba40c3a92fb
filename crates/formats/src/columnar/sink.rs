//! What the values of a column become: numbers, or spans of one pool of text.

use super::{Physical, decode};

/// What the values of a column become.
pub(super) trait Sink {
    type Value: Copy + Default;

    fn plain(
        &mut self,
        bytes: &[u8],
        physical: Physical,
        count: usize,
        put: &mut dyn FnMut(Self::Value),
    ) -> Option<()>;

    fn delta(&mut self, _: &[u8], _: Physical, _: usize, _: &mut dyn FnMut(Self::Value)) -> Option<()> {
        None
    }
}

pub(super) struct IntSink;

impl Sink for IntSink {
    type Value = i64;

    fn plain(
        &mut self,
        bytes: &[u8],
        physical: Physical,
        count: usize,
        put: &mut dyn FnMut(i64),
    ) -> Option<()> {
        match physical {
            Physical::Int32 | Physical::Int64 => decode::plain_ints(bytes, physical, count, put),
            Physical::Double | Physical::Text => None,
        }
    }

    fn delta(
        &mut self,
        bytes: &[u8],
        physical: Physical,
        count: usize,
        put: &mut dyn FnMut(i64),
    ) -> Option<()> {
        match physical {
            Physical::Int32 | Physical::Int64 => decode::delta(bytes, physical, count, put),
            Physical::Double | Physical::Text => None,
        }
    }
}

pub(super) struct DoubleSink;

impl Sink for DoubleSink {
    type Value = f64;

    fn plain(
        &mut self,
        bytes: &[u8],
        physical: Physical,
        count: usize,
        put: &mut dyn FnMut(f64),
    ) -> Option<()> {
        match physical {
            Physical::Double => {
                decode::plain_ints(bytes, Physical::Int64, count, |bits| put(f64::from_bits(bits as u64)))
            }
            _ => None,
        }
    }
}

#[derive(Default)]
pub(super) struct TextSink {
    pub(super) pool: String,
}

impl Sink for TextSink {
    type Value = (u32, u32);

    fn plain(
        &mut self,
        bytes: &[u8],
        physical: Physical,
        count: usize,
        put: &mut dyn FnMut((u32, u32)),
    ) -> Option<()> {
        if physical != Physical::Text {
            return None;
        }
        let mut too_long = false;
        decode::plain_text(bytes, count, |text| {
            let start = self.pool.len();
            self.pool.push_str(&String::from_utf8_lossy(text));
            match (u32::try_from(start), u32::try_from(self.pool.len())) {
                (Ok(start), Ok(end)) => put((start, end)),
                _ => too_long = true,
            }
        })?;
        (!too_long).then_some(())
    }
}
