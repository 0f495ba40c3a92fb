//! A content hash that is the same in every run and on every machine.
//!
//! FNV-1a with 128 bits (Fowler, Noll, Vo; parameters of draft-eastlake-fnv-17). It is not
//! cryptographic: it names equal frames and stacks across recordings, nothing more.

use std::fmt;

const OFFSET_BASIS: u128 = 0x6c62_272e_07bb_0142_62b8_2175_6295_c58d;
const PRIME: u128 = 0x0000_0000_0100_0000_0000_0000_0000_013b;

/// A 128-bit content hash.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ContentHash(pub u128);

impl fmt::Display for ContentHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:032x}", self.0)
    }
}

/// Collects fields into a [`ContentHash`]; each field is closed by its length, so that
/// `("ab", "c")` and `("a", "bc")` differ.
#[derive(Clone, Debug)]
pub struct ContentHasher(u128);

impl Default for ContentHasher {
    fn default() -> Self {
        Self(OFFSET_BASIS)
    }
}

impl ContentHasher {
    /// Adds one field.
    pub fn field(&mut self, bytes: &[u8]) -> &mut Self {
        for &byte in bytes.iter().chain(&(bytes.len() as u64).to_le_bytes()) {
            self.0 = (self.0 ^ u128::from(byte)).wrapping_mul(PRIME);
        }
        self
    }

    /// The hash of all fields so far.
    pub fn finish(&self) -> ContentHash {
        ContentHash(self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_do_not_run_together() {
        let hash = |fields: &[&str]| {
            let mut hasher = ContentHasher::default();
            for field in fields {
                hasher.field(field.as_bytes());
            }
            hasher.finish()
        };
        assert_ne!(hash(&["ab", "c"]), hash(&["a", "bc"]));
        assert_eq!(hash(&["ab", "c"]), hash(&["ab", "c"]));
        assert_eq!(hash(&["main"]).to_string().len(), 32);
    }
}
