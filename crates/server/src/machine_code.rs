//! The machine code of a function, with the samples of each instruction.
//!
//! The file is the one that the recording names, and only if it is the build that was recorded. Code that was compiled while
//! running is gone with its process. x86-64 only.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::Read;

use fathom_analysis::{FunctionId, FunctionIndex};
use fathom_model::{Frame, FrameId, Module, ModuleId, ModuleKind, Recording, Signal};
use fathom_symbols::{Bytes, ModuleSymbols, NoFiles, elf_build_id};
use iced_x86::{Decoder, DecoderOptions, Formatter, IntelFormatter};
use object::{Architecture, Object, ObjectSection, ObjectSymbol};
use serde::Serialize;

/// Larger files are debug builds of browsers, which have symbols elsewhere.
const MOST_FILE_BYTES: u64 = 1 << 30;
/// More than a browser shows well.
const MOST_FUNCTION_BYTES: u64 = 256 << 10;
/// Shown around samples where no symbol tells where a function ends.
const AROUND_BYTES: u64 = 256;

/// An instruction.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub(crate) struct Row {
    /// Address within the module.
    pub(crate) address: u64,
    /// The bytes as hexadecimal digits.
    pub(crate) bytes: String,
    pub(crate) text: String,
    /// Value of CPU samples that were taken here; of any signal where there are none of the CPU.
    #[serde(rename = "self")]
    pub(crate) own: i64,
    pub(crate) line: Option<u32>,
    pub(crate) file: Option<String>,
}

pub(crate) struct MachineCode {
    recording: Recording,
    index: FunctionIndex,
    /// By number in the viewer's tables.
    functions: Vec<Option<FunctionId>>,
    /// Value that ends in each frame.
    own: BTreeMap<FrameId, i64>,
}

impl MachineCode {
    pub(crate) fn new(recording: Recording, functions: Vec<Option<FunctionId>>) -> Self {
        let has_cpu = recording.samples.iter().any(|sample| sample.signal == Signal::Cpu);
        let mut own: BTreeMap<FrameId, i64> = BTreeMap::new();
        for sample in recording.samples.iter().filter(|sample| !has_cpu || sample.signal == Signal::Cpu) {
            if let Some(node) = sample.stack.and_then(|stack| recording.stacks.get(stack)) {
                let sum = own.entry(node.frame).or_default();
                *sum = sum.saturating_add(sample.value.max(0));
            }
        }
        let index = FunctionIndex::new(&recording);
        Self { recording, index, functions, own }
    }

    /// The instructions of a function, or why there are none.
    pub(crate) fn rows(&self, number: u32) -> Result<Vec<Row>, String> {
        let function = self.functions.get(number as usize).copied().flatten();
        let function = function.ok_or("the recording has no such function")?;
        let (module, address) = self.hottest_address(function)?;
        let bytes = Bytes::from(read_module(module)?);
        let file = object::File::parse(&*bytes).map_err(|error| format!("{}: {error}", module.path))?;
        if file.architecture() != Architecture::X86_64 {
            return Err(format!("machine code of {:?} is not supported yet", file.architecture()));
        }
        let (start, code) = function_code(&file, address)
            .ok_or_else(|| format!("{} has no code at {address:#x}", module.path))?;
        let samples = self.samples_in(module, start, start.saturating_add(code.len() as u64));
        let mut rows = disassemble(start, code, &samples);
        // Most instructions have no sample: what they are of says the file itself.
        let (symbols, _) = ModuleSymbols::load(&module.path, bytes.clone(), &NoFiles);
        for row in rows.iter_mut().filter(|row| row.line.is_none()) {
            let innermost = symbols.lookup(row.address).pop();
            (row.line, row.file) = innermost.map_or((None, None), |frame| (frame.line, frame.file));
        }
        Ok(rows)
    }

    /// The module, and the address that most of a function's samples were taken at.
    fn hottest_address(&self, function: FunctionId) -> Result<(&Module, u64), String> {
        let of_function = |(at, frame): (usize, &Frame)| {
            let id = FrameId::from_index(at);
            let is_own = self.index.of_frame(id) == function;
            let place = (frame.module?, frame.relative_address?);
            is_own.then(|| (self.own.get(&id).copied().unwrap_or(0), std::cmp::Reverse(place)))
        };
        let hottest = self.recording.frames.iter().enumerate().filter_map(of_function).max();
        let (_, std::cmp::Reverse((module, address))) =
            hottest.ok_or("no address of this function is known")?;
        let module: &Module =
            self.recording.modules.get(ModuleId::index(module)).ok_or("its module is not known")?;
        if module.kind != ModuleKind::Elf {
            return Err(format!("{} is no file: its code is gone with the process", module.path));
        }
        Ok((module, address))
    }

    /// Value, line and file by address.
    fn samples_in(
        &self,
        module: &Module,
        start: u64,
        end: u64,
    ) -> BTreeMap<u64, (i64, Option<u32>, Option<String>)> {
        let mut samples: BTreeMap<u64, (i64, Option<u32>, Option<String>)> = BTreeMap::new();
        for (frame, value) in &self.own {
            let Some(frame) = self.recording.frames.get(frame.index()) else { continue };
            let is_here = frame
                .module
                .and_then(|id| self.recording.modules.get(id.index()))
                .is_some_and(|other| other == module);
            if let Some(address) = frame.relative_address.filter(|at| is_here && (start..end).contains(at)) {
                let row = samples.entry(address).or_insert((0, frame.line, frame.file.clone()));
                row.0 = row.0.saturating_add(*value);
            }
        }
        samples
    }
}

fn read_module(module: &Module) -> Result<Vec<u8>, String> {
    let path = &module.path;
    let expected = module.build_id.as_ref().ok_or_else(|| {
        format!("the recording does not say which build of {path} it ran, so that the file cannot be trusted")
    })?;
    let metadata = std::fs::metadata(path).map_err(|error| format!("cannot read {path}: {error}"))?;
    if !path.starts_with('/') || !metadata.is_file() || metadata.len() > MOST_FILE_BYTES {
        return Err(format!("{path} is not a regular file of up to {MOST_FILE_BYTES} bytes"));
    }
    let mut bytes = Vec::new();
    File::open(path)
        .and_then(|file| file.take(MOST_FILE_BYTES).read_to_end(&mut bytes))
        .map_err(|error| format!("cannot read {path}: {error}"))?;
    match elf_build_id(&bytes) {
        Some(found) if found == *expected => Ok(bytes),
        Some(found) => Err(format!("{path} is build {found} now, and {expected} was recorded")),
        None => Err(format!("{path} has no build id, and {expected} was recorded")),
    }
}

/// First address and bytes of the function around an address.
fn function_code<'a>(file: &object::File<'a>, address: u64) -> Option<(u64, &'a [u8])> {
    let contains = |start: u64, size: u64| start <= address && address - start < size;
    let section = file.sections().find(|section| contains(section.address(), section.size()))?;
    let data = section.data().ok()?;
    let section_end = section.address().saturating_add(data.len() as u64);
    let symbols = file.symbols().chain(file.dynamic_symbols());
    let symbol =
        symbols.filter(|symbol| contains(symbol.address(), symbol.size())).min_by_key(|symbol| symbol.size());
    let (start, end) = match symbol {
        Some(symbol) => (symbol.address(), symbol.address().saturating_add(symbol.size())),
        // Decoding has to begin at an instruction, and the sampled one is the only one that is known.
        None => (address, address.saturating_add(AROUND_BYTES)),
    };
    let start = start.max(section.address());
    let end = end.min(section_end).min(start.saturating_add(MOST_FUNCTION_BYTES));
    let offset = |at: u64| usize::try_from(at.saturating_sub(section.address())).ok();
    Some((start, data.get(offset(start)?..offset(end)?)?))
}

fn disassemble(
    start: u64,
    code: &[u8],
    samples: &BTreeMap<u64, (i64, Option<u32>, Option<String>)>,
) -> Vec<Row> {
    let mut decoder = Decoder::with_ip(64, code, start, DecoderOptions::NONE);
    let mut formatter = IntelFormatter::new();
    let mut rows = Vec::new();
    while decoder.can_decode() {
        let instruction = decoder.decode();
        let mut text = String::new();
        formatter.format(&instruction, &mut text);
        let (from, to) = (instruction.ip(), instruction.next_ip());
        let offset = usize::try_from(from - start).unwrap_or(usize::MAX);
        let bytes = code.get(offset..offset.saturating_add(instruction.len())).unwrap_or_default();
        // The return address less one of a caller lies inside its call.
        let mut here = samples.range(from..to).map(|(_, sample)| sample);
        let first = here.clone().next();
        rows.push(Row {
            address: from,
            bytes: bytes.iter().map(|byte| format!("{byte:02x}")).collect(),
            text,
            line: first.and_then(|sample| sample.1),
            file: first.and_then(|sample| sample.2.clone()),
            own: here.by_ref().fold(0_i64, |sum, sample| sum.saturating_add(sample.0)),
        });
    }
    rows
}
