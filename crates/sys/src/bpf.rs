//! A minimal way to load BPF: maps, and programs written as instructions.
//!
//! The programs Fathom needs are few and regular (see `bpf_switch_filter`, `bpf_tree_filter` and
//! `bpf_frame_walker`), so they are assembled here: no compiler, no object file, no loader library. Source of the encoding:
//! `Documentation/bpf/standardization/instruction-set.rst`; of the calls: `bpf(2)`.

use std::io;
use std::os::fd::{AsRawFd, FromRawFd, OwnedFd};

const BPF_MAP_CREATE: libc::c_int = 0;
const BPF_MAP_UPDATE_ELEM: libc::c_int = 2;
const BPF_MAP_DELETE_ELEM: libc::c_int = 3;
const BPF_PROG_LOAD: libc::c_int = 5;

/// Map types used (`enum bpf_map_type`).
#[derive(Clone, Copy, Debug)]
pub enum MapType {
    /// Any key.
    Hash = 1,
    /// One slot per index.
    Array = 2,
    /// Perf events by CPU.
    PerfEventArray = 4,
    /// One slot per index and CPU.
    PerCpuArray = 6,
    /// A hash that drops the least recently used entry when full.
    LruHash = 9,
}

/// A map.
#[derive(Debug)]
pub struct BpfMap {
    fd: OwnedFd,
}

#[repr(C)]
#[derive(Default)]
struct MapCreate {
    map_type: u32,
    key_size: u32,
    value_size: u32,
    max_entries: u32,
    map_flags: u32,
    inner_map_fd: u32,
    numa_node: u32,
    name: [u8; 16],
}

#[repr(C, align(8))]
struct MapUpdate {
    map_fd: u32,
    _pad: u32,
    key: u64,
    value: u64,
    flags: u64,
}

#[repr(C, align(8))]
#[derive(Default)]
struct ProgLoad {
    prog_type: u32,
    insn_cnt: u32,
    insns: u64,
    license: u64,
    log_level: u32,
    log_size: u32,
    log_buf: u64,
    kern_version: u32,
    prog_flags: u32,
    name: [u8; 16],
}

impl BpfMap {
    /// Creates a map.
    pub fn create(map_type: MapType, key_bytes: u32, value_bytes: u32, entries: u32) -> io::Result<Self> {
        let attr = MapCreate {
            map_type: map_type as u32,
            key_size: key_bytes,
            value_size: value_bytes,
            max_entries: entries,
            ..MapCreate::default()
        };
        Ok(Self { fd: bpf_fd(BPF_MAP_CREATE, &attr)? })
    }

    /// Sets one entry; sizes must be those of the map.
    pub fn set(&self, key: &[u8], value: &[u8]) -> io::Result<()> {
        let attr = MapUpdate {
            map_fd: self.fd.as_raw_fd() as u32,
            _pad: 0,
            key: key.as_ptr() as u64,
            value: value.as_ptr() as u64,
            flags: 0,
        };
        bpf(BPF_MAP_UPDATE_ELEM, &attr).map(|_| ())
    }

    /// Removes one entry.
    pub fn remove(&self, key: &[u8]) -> io::Result<()> {
        let attr = MapUpdate {
            map_fd: self.fd.as_raw_fd() as u32,
            _pad: 0,
            key: key.as_ptr() as u64,
            value: 0,
            flags: 0,
        };
        bpf(BPF_MAP_DELETE_ELEM, &attr).map(|_| ())
    }

    pub(crate) fn raw(&self) -> i32 {
        self.fd.as_raw_fd()
    }
}

/// Loads a `BPF_PROG_TYPE_PERF_EVENT` program.
///
/// # Errors
/// EPERM without CAP_BPF and CAP_PERFMON (or with BPF locked down); EINVAL/EACCES from the verifier.
pub fn load_perf_event_program(instructions: &[Instruction]) -> io::Result<OwnedFd> {
    const BPF_PROG_TYPE_PERF_EVENT: u32 = 7;
    let encoded: Vec<u64> = instructions.iter().map(|i| i.0).collect();
    // The helpers used are open to GPL programs only; the declaration concerns the program text above.
    let licence = c"Dual MIT/GPL";
    let attr = ProgLoad {
        prog_type: BPF_PROG_TYPE_PERF_EVENT,
        insn_cnt: encoded.len() as u32,
        insns: encoded.as_ptr() as u64,
        license: licence.as_ptr() as u64,
        ..ProgLoad::default()
    };
    bpf_fd(BPF_PROG_LOAD, &attr)
}

fn bpf<T>(command: libc::c_int, attr: &T) -> io::Result<i32> {
    // SAFETY: `attr` is one of the layouts above, whose pointers outlive the call; a kernel that knows
    // fewer members checks that the rest is zero.
    let answer = unsafe { libc::syscall(libc::SYS_bpf, command, std::ptr::from_ref(attr), size_of::<T>()) };
    if answer < 0 { Err(io::Error::last_os_error()) } else { Ok(answer as i32) }
}

fn bpf_fd<T>(command: libc::c_int, attr: &T) -> io::Result<OwnedFd> {
    let fd = bpf(command, attr)?;
    // SAFETY: the kernel has just returned this descriptor.
    let fd = unsafe { OwnedFd::from_raw_fd(fd) };
    // SAFETY: plain fcntl on our own descriptor, which bpf(2) opens close-on-exec anyway.
    unsafe { libc::fcntl(fd.as_raw_fd(), libc::F_SETFD, libc::FD_CLOEXEC) };
    Ok(fd)
}

/// One encoded instruction.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Instruction(u64);

/// Registers.
#[derive(Clone, Copy, Debug)]
#[allow(missing_docs)]
pub enum Reg {
    R0,
    R1,
    R2,
    R3,
    R4,
    R5,
    R6,
    R7,
    R8,
    R9,
    /// The frame pointer, read-only.
    R10,
}

/// A list of instructions under construction, with labels for forward jumps.
#[derive(Debug, Default)]
pub struct Assembler {
    instructions: Vec<Instruction>,
}

/// A jump whose target is not yet known.
#[derive(Debug)]
#[must_use]
pub struct Jump(usize);

/// Conditions of jumps, unsigned.
#[derive(Clone, Copy, Debug)]
pub enum If {
    /// `==`
    Equal = 0x10,
    /// `>`
    Greater = 0x20,
    /// `!=`
    NotEqual = 0x50,
    /// `<`
    Less = 0xa0,
}

/// Two-operand arithmetic on 64 bits.
#[derive(Clone, Copy, Debug)]
#[allow(missing_docs)]
pub enum Op {
    Add = 0x00,
    Sub = 0x10,
    Or = 0x40,
    And = 0x50,
    ShiftLeft = 0x60,
    ShiftRight = 0x70,
    Move = 0xb0,
}

impl Assembler {
    fn push(&mut self, opcode: u8, dst: u8, src: u8, offset: i16, immediate: i32) {
        self.instructions.push(Instruction(
            u64::from(opcode)
                | u64::from(dst & 15 | src << 4) << 8
                | u64::from(offset as u16) << 16
                | u64::from(immediate as u32) << 32,
        ));
    }

    /// `dst = dst op immediate`
    pub fn op_imm(&mut self, op: Op, dst: Reg, immediate: i32) {
        self.push(0x07 | op as u8, dst as u8, 0, 0, immediate);
    }

    /// `dst = dst op src`
    pub fn op_reg(&mut self, op: Op, dst: Reg, src: Reg) {
        self.push(0x0f | op as u8, dst as u8, src as u8, 0, 0);
    }

    /// `dst = *(u64 *)(src + offset)`
    pub fn load64(&mut self, dst: Reg, src: Reg, offset: i16) {
        self.push(0x79, dst as u8, src as u8, offset, 0);
    }

    /// `dst = *(u16 *)(src + offset)`
    pub fn load16(&mut self, dst: Reg, src: Reg, offset: i16) {
        self.push(0x69, dst as u8, src as u8, offset, 0);
    }

    /// `*(u64 *)(dst + offset) = src`
    pub fn store64(&mut self, dst: Reg, offset: i16, src: Reg) {
        self.push(0x7b, dst as u8, src as u8, offset, 0);
    }

    /// `*(u32 *)(dst + offset) = src`
    pub fn store32(&mut self, dst: Reg, offset: i16, src: Reg) {
        self.push(0x63, dst as u8, src as u8, offset, 0);
    }

    /// `*(u64 *)(dst + offset) = immediate`
    pub fn store64_imm(&mut self, dst: Reg, offset: i16, immediate: i32) {
        self.push(0x7a, dst as u8, 0, offset, immediate);
    }

    /// `dst = map`
    pub fn load_map(&mut self, dst: Reg, map: &BpfMap) {
        const PSEUDO_MAP_FD: u8 = 1;
        self.push(0x18, dst as u8, PSEUDO_MAP_FD, 0, map.raw());
        self.push(0, 0, 0, 0, 0);
    }

    /// `dst = immediate`, zero-extended 32 bits
    pub fn move32_imm(&mut self, dst: Reg, immediate: u32) {
        self.push(0xb4, dst as u8, 0, 0, immediate as i32);
    }

    /// Calls a helper by its number in `include/uapi/linux/bpf.h`.
    pub fn call(&mut self, helper: i32) {
        self.push(0x85, 0, 0, 0, helper);
    }

    /// Returns `r0`.
    pub fn exit(&mut self) {
        self.push(0x95, 0, 0, 0, 0);
    }

    /// Jumps.
    pub fn jump(&mut self) -> Jump {
        self.push(0x05, 0, 0, 0, 0);
        Jump(self.instructions.len() - 1)
    }

    /// Jumps, if `left condition immediate`, to where [`Assembler::land`] is called.
    pub fn jump_imm(&mut self, condition: If, left: Reg, immediate: i32) -> Jump {
        self.push(0x05 | condition as u8, left as u8, 0, 0, immediate);
        Jump(self.instructions.len() - 1)
    }

    /// The same with a register on the right.
    pub fn jump_reg(&mut self, condition: If, left: Reg, right: Reg) -> Jump {
        self.push(0x0d | condition as u8, left as u8, right as u8, 0, 0);
        Jump(self.instructions.len() - 1)
    }

    /// Makes a jump lead to the next instruction.
    pub fn land(&mut self, jump: Jump) {
        let distance = (self.instructions.len() - jump.0 - 1) as u16;
        let instruction = &mut self.instructions[jump.0].0;
        *instruction = *instruction & !(0xffff << 16) | u64::from(distance) << 16;
    }

    /// The finished program.
    pub fn finish(self) -> Vec<Instruction> {
        self.instructions
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn encoding_follows_the_standard() {
        let mut assembler = Assembler::default();
        let skip = assembler.jump_imm(If::NotEqual, Reg::R1, 5);
        assembler.op_imm(Op::Move, Reg::R0, -1);
        assembler.land(skip);
        assembler.exit();
        let words: Vec<u64> = assembler.finish().iter().map(|i| i.0).collect();
        assert_eq!(words, [0x0000_0005_0001_0155, 0xffff_ffff_0000_00b7, 0x95]);
    }
}
