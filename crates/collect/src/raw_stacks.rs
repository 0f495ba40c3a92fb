//! Addresses to stack ids: the raw prefix tree, written to the sink node by node as it grows.

use fathom_model::{ModuleId, RawFrame, Record, Sink, SinkError, StackId};
use std::collections::{BTreeSet, HashMap};
use std::hash::{BuildHasherDefault, Hasher};

/// Interns raw stacks.
#[derive(Debug, Default)]
pub(crate) struct RawStacks {
    index: HashMap<(u32, u32, u64), StackId, BuildHasherDefault<MultiplyHasher>>,
    /// Ids given before the index was last emptied.
    n_forgotten: usize,
}

const NONE: u32 = u32::MAX;

impl RawStacks {
    /// The id of `frame` called from `parent`; new nodes go to the sink.
    pub(crate) fn intern(
        &mut self,
        parent: Option<StackId>,
        frame: RawFrame,
        sink: &mut dyn Sink,
    ) -> Result<StackId, SinkError> {
        let key =
            (parent.map_or(NONE, |id| id.0), frame.module.map_or(NONE, |ModuleId(id)| id), frame.address);
        if let Some(id) = self.index.get(&key) {
            return Ok(*id);
        }
        let id = StackId::from_index(self.n_forgotten + self.index.len());
        sink.record(&Record::Stack { id, parent, frame })?;
        self.index.insert(key, id);
        Ok(id)
    }

    /// The addresses in a module that remembered nodes have.
    pub(crate) fn addresses_in(&self, module: ModuleId) -> BTreeSet<u64> {
        self.index.keys().filter(|(_, of, _)| *of == module.0).map(|(.., address)| *address).collect()
    }

    /// Nodes that are remembered.
    pub(crate) fn len(&self) -> usize {
        self.index.len()
    }

    /// Forgets every node; ids go on, and what is met again gets a new one. The first of the ids to come.
    pub(crate) fn forget(&mut self) -> StackId {
        self.n_forgotten += self.index.len();
        self.index = HashMap::default();
        StackId::from_index(self.n_forgotten)
    }
}

/// A hash for small integer keys that nobody outside chooses freely enough to attack: one multiplication
/// per word (Knuth, TAOCP 6.4). Stacks are interned 30,000 times a second, where SipHash would show.
#[derive(Debug, Default)]
pub(crate) struct MultiplyHasher(u64);

impl Hasher for MultiplyHasher {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.write_u64(u64::from(*byte));
        }
    }

    fn write_u32(&mut self, value: u32) {
        self.write_u64(u64::from(value));
    }

    fn write_u64(&mut self, value: u64) {
        self.0 = (self.0.rotate_left(29) ^ value).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    }
}
