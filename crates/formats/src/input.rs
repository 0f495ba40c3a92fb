//! The bytes of a file to be read as a profile: at any place, or as a stream with its compression taken off.
//!
//! Knows gzip and zstd and what may be spent on them, not what the bytes mean. A stream never ends in an error: it is
//! cut where the bytes are damaged, and [`Stream::issues`] says so.

use fathom_model::Issue;
use std::cell::RefCell;
use std::fs::File;
use std::io::{self, BufRead, BufReader, Read};
use std::os::unix::fs::FileExt;
use std::rc::Rc;

/// Bytes read from the file at once.
const BLOCK_BYTES: usize = 1 << 18;
/// A file that unpacks to this much is never too much, however small it is.
const ALWAYS_UNPACKED_BYTES: u64 = 256 << 20;
/// Real profiles shrink to a fiftieth at best; deflate's own bound is 1,032.
const MOST_UNPACKED_RATIO: u64 = 200;

/// Bytes that can be read at any place, by several threads at a time.
pub trait ReadAt: Sync {
    /// How many bytes there are.
    ///
    /// # Errors
    /// What the system says.
    fn length(&self) -> io::Result<u64>;

    /// Reads bytes from `offset` on; fewer than asked for only at the end.
    ///
    /// # Errors
    /// What the system says.
    fn read_at(&self, offset: u64, buffer: &mut [u8]) -> io::Result<usize>;
}

impl ReadAt for [u8] {
    fn length(&self) -> io::Result<u64> {
        Ok(self.len() as u64)
    }

    fn read_at(&self, offset: u64, buffer: &mut [u8]) -> io::Result<usize> {
        let rest = usize::try_from(offset).ok().and_then(|at| self.get(at..)).unwrap_or_default();
        let n = rest.len().min(buffer.len());
        buffer[..n].copy_from_slice(&rest[..n]);
        Ok(n)
    }
}

impl<T: ReadAt + Send + ?Sized> ReadAt for &T {
    fn length(&self) -> io::Result<u64> {
        (**self).length()
    }

    fn read_at(&self, offset: u64, buffer: &mut [u8]) -> io::Result<usize> {
        (**self).read_at(offset, buffer)
    }
}

impl ReadAt for Vec<u8> {
    fn length(&self) -> io::Result<u64> {
        self.as_slice().length()
    }

    fn read_at(&self, offset: u64, buffer: &mut [u8]) -> io::Result<usize> {
        self.as_slice().read_at(offset, buffer)
    }
}

impl ReadAt for File {
    fn length(&self) -> io::Result<u64> {
        Ok(self.metadata()?.len())
    }

    fn read_at(&self, offset: u64, buffer: &mut [u8]) -> io::Result<usize> {
        let mut n = 0;
        while n < buffer.len() {
            match FileExt::read_at(self, &mut buffer[n..], offset + n as u64) {
                Ok(0) => break,
                Ok(more) => n += more,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
        Ok(n)
    }
}

/// What reading may cost. The defaults suit a machine with a few gigabytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Memory that the tables of the recording may take, in bytes (an estimate). What comes when they are full is
    /// left out, with an issue.
    pub model_bytes: u64,
    /// The longest input that a reader which needs all of it at once may hold in memory, in bytes.
    pub whole_bytes: u64,
    /// Threads that a reader may use.
    pub threads: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self { model_bytes: 4 << 30, whole_bytes: 2 << 30, threads: 2 }
    }
}

/// How a file is packed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Compression {
    /// It is not.
    None,
    /// gzip, one member or several.
    Gzip,
    /// zstd frames.
    Zstd,
}

/// Told how far reading has come: bytes of the file done, of all.
pub type Progress<'a> = &'a (dyn Fn(u64, u64) + Sync);

/// A file to read.
pub struct Input<'a> {
    bytes: &'a dyn ReadAt,
    limits: Limits,
    progress: Option<Progress<'a>>,
}

impl<'a> Input<'a> {
    /// Bytes with the usual limits.
    pub fn new(bytes: &'a dyn ReadAt) -> Self {
        Self { bytes, limits: Limits::default(), progress: None }
    }

    /// With other limits.
    #[must_use]
    pub fn with_limits(mut self, limits: Limits) -> Self {
        self.limits = limits;
        self
    }

    /// With somebody to tell how far it has come.
    #[must_use]
    pub fn with_progress(mut self, progress: Progress<'a>) -> Self {
        self.progress = Some(progress);
        self
    }

    /// What reading may cost.
    pub fn limits(&self) -> Limits {
        self.limits
    }

    /// Length of the file as it lies there, packed or not; 0 if it cannot be told.
    pub fn length(&self) -> u64 {
        self.bytes.length().unwrap_or(0)
    }

    /// The file's bytes as they lie there, for readers that need them out of order.
    pub fn bytes(&self) -> &'a dyn ReadAt {
        self.bytes
    }

    /// Says that `done` bytes of the file are read.
    pub fn tell(&self, done: u64) {
        if let Some(progress) = self.progress {
            progress(done, self.length());
        }
    }

    /// How the file is packed.
    pub fn compression(&self) -> Compression {
        let mut head = [0; 4];
        let n = self.bytes.read_at(0, &mut head).unwrap_or(0);
        match &head[..n] {
            [0x1f, 0x8b, 8, ..] => Compression::Gzip,
            [0x28, 0xb5, 0x2f, 0xfd] => Compression::Zstd,
            _ => Compression::None,
        }
    }

    /// The first bytes without compression, at most `n`.
    pub fn head(&self, n: usize) -> Vec<u8> {
        let mut head = Vec::new();
        // Nobody is told of it: it is not the reading itself.
        let quiet = Input { bytes: self.bytes, limits: self.limits, progress: None };
        // A stream has no errors.
        let _ = quiet.stream().take(n as u64).read_to_end(&mut head);
        head
    }

    /// The file from its start on, without compression. Reading it tells the progress.
    pub fn stream(&self) -> Stream<'a> {
        let found = Rc::new(RefCell::new(Vec::new()));
        let file = FileReader {
            bytes: self.bytes,
            length: self.length(),
            at: 0,
            progress: self.progress,
            issues: Rc::clone(&found),
        };
        let compression = self.compression();
        let reader: Box<dyn Read + 'a> = match compression {
            Compression::None => Box::new(file),
            Compression::Gzip => {
                Box::new(flate2::bufread::MultiGzDecoder::new(BufReader::with_capacity(BLOCK_BYTES, file)))
            }
            Compression::Zstd => match zstd::stream::read::Decoder::new(file) {
                Ok(decoder) => Box::new(decoder),
                Err(error) => {
                    found.borrow_mut().push(Issue::of("file", format!("cannot unpack it: {error}")));
                    Box::new(io::empty())
                }
            },
        };
        let most = self.length().saturating_mul(MOST_UNPACKED_RATIO).max(ALWAYS_UNPACKED_BYTES);
        let guard = Guard {
            reader,
            at: 0,
            most: if compression == Compression::None { u64::MAX } else { most },
            is_over: false,
            issues: Rc::clone(&found),
        };
        Stream { reader: BufReader::with_capacity(BLOCK_BYTES, guard), issues: found }
    }

    /// All bytes without compression, as many as [`Limits::whole_bytes`] allows.
    pub fn whole(&self) -> (Vec<u8>, Vec<Issue>) {
        let mut stream = self.stream();
        let most = self.limits.whole_bytes;
        let mut bytes = Vec::new();
        if self.compression() == Compression::None {
            bytes.reserve_exact(self.length().min(most) as usize);
        }
        // A stream has no errors.
        let _ = (&mut stream).take(most).read_to_end(&mut bytes);
        let is_longer = stream.fill_buf().is_ok_and(|more| !more.is_empty());
        let mut issues = stream.issues();
        if is_longer {
            let what = format!("it is longer than {most} bytes, the rest is not read");
            issues.push(Issue::at("file", most, what));
        }
        (bytes, issues)
    }
}

/// An input without compression, from its start on.
pub struct Stream<'a> {
    reader: BufReader<Guard<'a>>,
    issues: Rc<RefCell<Vec<Issue>>>,
}

impl Stream<'_> {
    /// What was found wrong so far: bytes that cannot be read or unpacked end the stream.
    pub fn issues(&self) -> Vec<Issue> {
        self.issues.borrow().clone()
    }
}

impl Read for Stream<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.reader.read(buffer)
    }
}

impl BufRead for Stream<'_> {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        self.reader.fill_buf()
    }

    fn consume(&mut self, n: usize) {
        self.reader.consume(n);
    }
}

/// The file from its start on.
struct FileReader<'a> {
    bytes: &'a dyn ReadAt,
    length: u64,
    at: u64,
    progress: Option<Progress<'a>>,
    issues: Rc<RefCell<Vec<Issue>>>,
}

impl Read for FileReader<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let n = match self.bytes.read_at(self.at, buffer) {
            Ok(n) => n,
            Err(error) => {
                self.issues.borrow_mut().push(Issue::at("file", self.at, format!("cannot read: {error}")));
                0
            }
        };
        self.at += n as u64;
        if let Some(progress) = self.progress {
            progress(self.at, self.length);
        }
        Ok(n)
    }
}

/// Ends a stream where it becomes too long or is damaged.
struct Guard<'a> {
    reader: Box<dyn Read + 'a>,
    at: u64,
    most: u64,
    is_over: bool,
    issues: Rc<RefCell<Vec<Issue>>>,
}

impl Guard<'_> {
    fn end(&mut self, message: String) {
        self.is_over = true;
        self.issues.borrow_mut().push(Issue::at("unpacked file", self.at, message));
    }
}

impl Read for Guard<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.is_over || buffer.is_empty() {
            return Ok(0);
        }
        let room = self.most.saturating_sub(self.at).min(buffer.len() as u64) as usize;
        if room == 0 {
            self.end(format!(
                "it unpacks to more than {} bytes, which no profile does; the rest is not read",
                self.most
            ));
            return Ok(0);
        }
        loop {
            match self.reader.read(&mut buffer[..room]) {
                Ok(n) => {
                    self.at += n as u64;
                    return Ok(n);
                }
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => {
                    self.end(format!("compressed data ends in the middle or is damaged: {error}"));
                    return Ok(0);
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Write;

    fn gzip(bytes: &[u8]) -> Vec<u8> {
        let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
        encoder.write_all(bytes).expect("memory");
        encoder.finish().expect("memory")
    }

    #[test]
    fn compression_is_taken_off() {
        let text = b"main;work 12\n".repeat(1000);
        let zstd = zstd::encode_all(text.as_slice(), 1).expect("memory");
        for bytes in [text.clone(), gzip(&text), zstd] {
            let (whole, issues) = Input::new(&bytes).whole();
            assert!(whole == text && issues.is_empty());
            assert_eq!(Input::new(&bytes).head(9), b"main;work");
        }
    }

    #[test]
    fn a_cut_file_gives_what_is_there() {
        let text: Vec<u8> = (0..100_000_u32).flat_map(u32::to_le_bytes).collect();
        let packed = gzip(&text);
        let cut = packed[..packed.len() / 2].to_vec();
        let (whole, issues) = Input::new(&cut).whole();
        assert!(whole.len() > text.len() / 4 && text.starts_with(&whole));
        assert_eq!(issues.len(), 1);
        assert!(issues[0].message.starts_with("compressed data ends in the middle"), "{}", issues[0]);
    }

    #[test]
    fn a_bomb_is_cut() {
        let packed = gzip(&vec![b' '; 300 << 20]);
        let (whole, issues) = Input::new(&packed).whole();
        let most = ALWAYS_UNPACKED_BYTES.max(packed.len() as u64 * MOST_UNPACKED_RATIO);
        assert_eq!(whole.len() as u64, most);
        assert!(issues[0].message.contains("which no profile does"), "{}", issues[0]);
    }

    #[test]
    fn longer_than_memory_is_said() {
        let bytes = vec![b'a'; 100];
        let limits = Limits { whole_bytes: 10, ..Limits::default() };
        let (whole, issues) = Input::new(&bytes).with_limits(limits).whole();
        assert_eq!((whole.len(), issues.len()), (10, 1));
    }
}
