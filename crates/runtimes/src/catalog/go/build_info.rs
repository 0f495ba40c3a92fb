//! What the Go linker writes into a program about itself: release and modules (`debug/buildinfo`).
//!
//! Format: `cmd/link/internal/ld/data.go`, the one with inline strings that Go 1.18 brought.

/// First bytes of the structure.
const MAGIC: &[u8] = b"\xff Go buildinf:";
/// The structure stands at a multiple of it.
const ALIGNMENT: usize = 16;
/// Size of the part before the strings.
const HEADER_BYTES: usize = 32;
/// Flag: strings follow the header, each behind its length.
const INLINE_STRINGS: u8 = 2;
/// Marks around the module information, from `cmd/go/internal/modload/build.go`.
const MARK_BYTES: usize = 16;

/// Release and modules of a program.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct BuildInfo {
    /// `go1.26.8`, with experiments behind a space.
    pub(super) version: String,
    /// Path of the main module, if it was built as a module.
    pub(super) main_module: Option<String>,
}

impl BuildInfo {
    /// Finds the structure in the bytes of its section, or of the segment that has it.
    pub(super) fn find(bytes: &[u8]) -> Option<Self> {
        bytes.chunks(ALIGNMENT).enumerate().find_map(|(index, chunk)| {
            chunk.starts_with(MAGIC).then(|| Self::parse(bytes.get(index * ALIGNMENT..)?)).flatten()
        })
    }

    fn parse(bytes: &[u8]) -> Option<Self> {
        if bytes.get(15)? & INLINE_STRINGS == 0 {
            return None;
        }
        let mut rest = bytes.get(HEADER_BYTES..)?;
        let version = String::from_utf8_lossy(string(&mut rest)?).into_owned();
        let modules = string(&mut rest).unwrap_or_default();
        let modules = modules.get(MARK_BYTES..modules.len().saturating_sub(MARK_BYTES)).unwrap_or_default();
        let modules = String::from_utf8_lossy(modules);
        let main_module = modules
            .lines()
            .find_map(|line| line.strip_prefix("mod\t")?.split('\t').next().map(str::to_owned))
            .filter(|path| !path.is_empty());
        Some(Self { version, main_module })
    }

    /// The number behind `go1.`; `None` for a version of another form.
    pub(super) fn minor(&self) -> Option<u32> {
        let digits = self.version.split("go1.").nth(1)?;
        let end = digits.find(|c: char| !c.is_ascii_digit()).unwrap_or(digits.len());
        digits.get(..end)?.parse().ok()
    }
}

/// Length as a varint, then the bytes.
fn string<'a>(rest: &mut &'a [u8]) -> Option<&'a [u8]> {
    let mut length = 0usize;
    for shift in (0..35).step_by(7) {
        let (byte, behind) = rest.split_first()?;
        *rest = behind;
        length |= usize::from(byte & 0x7f) << shift;
        if byte & 0x80 == 0 {
            let (text, behind) = rest.split_at_checked(length)?;
            *rest = behind;
            return Some(text);
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    fn section(version: &str, modules: &str) -> Vec<u8> {
        let mut bytes = vec![0; 16];
        bytes.extend(MAGIC);
        bytes.extend([8, 2]);
        bytes.resize(16 + HEADER_BYTES, 0);
        bytes.push(version.len() as u8);
        bytes.extend(version.bytes());
        let modules = format!("{}{modules}{}", "x".repeat(16), "y".repeat(16));
        bytes.extend([(modules.len() & 0x7f) as u8 | 0x80, (modules.len() >> 7) as u8]);
        bytes.extend(modules.bytes());
        bytes
    }

    #[test]
    fn release_and_main_module() {
        let modules = "path\texample.com/shop/cmd\nmod\texample.com/shop\t(devel)\t\ndep\tgolang.org/x/net\tv0.1.0\th1:x\n";
        let found = BuildInfo::find(&section("go1.26.8 X:nodwarf5", modules)).unwrap();
        assert_eq!(found.main_module.as_deref(), Some("example.com/shop"));
        assert_eq!((found.version.as_str(), found.minor()), ("go1.26.8 X:nodwarf5", Some(26)));
    }

    #[test]
    fn cut_bytes_give_less_and_no_panic() {
        let whole = section("devel go1.28-1234", "path\tcommand-line-arguments\n");
        assert_eq!(BuildInfo::find(&whole).unwrap().minor(), Some(28));
        for n in 0..whole.len() {
            let found = BuildInfo::find(&whole[..n]);
            assert!(found.is_none_or(|found| found.main_module.is_none()));
        }
    }
}
