//! The closed list of what functions do, as far as their names tell. Data only; `region_of` does the asking.

/// What a function does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Region {
    /// Nothing that is known.
    None,
    /// Finding and freeing memory that nothing refers to.
    GarbageCollection,
    /// Reading, writing, waiting for descriptors.
    Io,
    /// Taking, holding up and waking for locks.
    Locks,
    /// Matching regular expressions.
    RegularExpressions,
    /// From text or bytes to values.
    Parsing,
    /// From values to text or bytes.
    Serialisation,
    /// Compression, and the way back.
    Compression,
    /// Ciphers, hashes that resist attacks, signatures.
    Cryptography,
    /// Getting and returning memory.
    Allocation,
}

impl Region {
    /// All of them, in their fixed order.
    pub const ALL: &[Self] = &[
        Self::None,
        Self::GarbageCollection,
        Self::Io,
        Self::Locks,
        Self::RegularExpressions,
        Self::Parsing,
        Self::Serialisation,
        Self::Compression,
        Self::Cryptography,
        Self::Allocation,
    ];

    /// In words; empty for [`Region::None`].
    pub fn as_str(self) -> &'static str {
        match self {
            Self::None => "",
            Self::GarbageCollection => "garbage collection",
            Self::Io => "I/O",
            Self::Locks => "locks",
            Self::RegularExpressions => "regular expressions",
            Self::Parsing => "parsing",
            Self::Serialisation => "serialisation",
            Self::Compression => "compression",
            Self::Cryptography => "cryptography",
            Self::Allocation => "allocation",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_list_of_all_is_in_order() {
        assert!(Region::ALL.iter().enumerate().all(|(at, region)| *region as usize == at));
    }
}
