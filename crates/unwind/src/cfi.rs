//! One frame by its call frame information alone, for the few that framehop's compact rules cannot hold: frames of
//! more than 512 KiB (rustc has one). Slower, and asked only when the usual way has led nowhere.

use gimli::{
    BaseAddresses, CfaRule, EhFrame, EhFrameHdr, LittleEndian, Register, RegisterRule, UnwindContext,
    UnwindSection, X86_64,
};
use std::sync::Arc;

/// `.eh_frame` and its index.
#[derive(Clone)]
pub(crate) struct CallFrames {
    pub(crate) eh_frame: (u64, Arc<[u8]>),
    pub(crate) eh_frame_hdr: (u64, Arc<[u8]>),
    pub(crate) text_address: u64,
}

impl CallFrames {
    /// Return address, stack pointer and frame pointer of the caller; `None` where the information does not say
    /// it in terms of the stack and frame pointers.
    pub(crate) fn step(
        &self,
        relative_address: u64,
        sp: u64,
        bp: u64,
        read_stack: &mut impl FnMut(u64) -> Result<u64, ()>,
    ) -> Option<(u64, u64, u64)> {
        let bases = BaseAddresses::default()
            .set_eh_frame(self.eh_frame.0)
            .set_eh_frame_hdr(self.eh_frame_hdr.0)
            .set_text(self.text_address);
        let frames = EhFrame::new(&self.eh_frame.1, LittleEndian);
        let index = EhFrameHdr::new(&self.eh_frame_hdr.1, LittleEndian).parse(&bases, 8).ok()?;
        let entry = index
            .table()?
            .fde_for_address(&frames, &bases, relative_address, EhFrame::cie_from_offset)
            .ok()?;
        let mut context = UnwindContext::new();
        let row = entry.unwind_info_for_address(&frames, &bases, &mut context, relative_address).ok()?;
        let CfaRule::RegisterAndOffset { register, offset } = row.cfa() else { return None };
        let base = match *register {
            X86_64::RSP => sp,
            X86_64::RBP => bp,
            _ => return None,
        };
        let cfa = base.checked_add_signed(*offset).filter(|cfa| *cfa > sp)?;
        let saved = |register: Register| match row.register(register) {
            Some(RegisterRule::Offset(offset)) => cfa.checked_add_signed(offset),
            _ => None,
        };
        let caller = read_stack(saved(X86_64::RA)?).ok()?;
        let caller_bp = saved(X86_64::RBP).map_or(Ok(bp), &mut *read_stack).ok()?;
        Some((caller, cfa, caller_bp))
    }
}
