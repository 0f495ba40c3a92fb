//! Frames that have names already, as numbers of a module that is no file.

use crate::registry::Registry;
use fathom_model::{ModuleId, ModuleKind, NamedFrame, RawFrame, Record, Sink, SinkError};
use fathom_runtimes::ManagedFrame;
use std::collections::HashMap;

/// A frame as a runtime's reader names it, for the recording.
pub(crate) fn named_frame(frame: ManagedFrame, runtime: &str) -> NamedFrame {
    NamedFrame {
        function: frame.function,
        file: Some(frame.file).filter(|file| !file.is_empty()),
        line: frame.line,
        column: frame.column,
        function_start_line: Some(frame.first_line).filter(|line| *line > 0),
        kind: frame.kind,
        runtime: runtime.to_owned(),
        inlined: false,
    }
}

/// The numbers given so far.
#[derive(Debug, Default)]
pub(crate) struct Names {
    numbers: HashMap<NamedFrame, u64>,
    /// Numbers given before they were last forgotten.
    n_forgotten: usize,
    modules: HashMap<String, ModuleId>,
}

impl Names {
    /// The module of a runtime; a new one goes to the sink.
    pub(crate) fn module(
        &mut self,
        runtime: &str,
        registry: &mut Registry,
        sink: &mut dyn Sink,
    ) -> Result<ModuleId, SinkError> {
        if let Some(module) = self.modules.get(runtime) {
            return Ok(*module);
        }
        let id = registry.modules.named(&format!("[{runtime}]"), ModuleKind::Managed).id;
        registry.modules.take_records().iter().try_for_each(|record| sink.record(record))?;
        self.modules.insert(runtime.to_owned(), id);
        Ok(id)
    }

    /// The number of a frame in its module; a new one goes to the sink.
    pub(crate) fn number(
        &mut self,
        module: ModuleId,
        frame: NamedFrame,
        sink: &mut dyn Sink,
    ) -> Result<u64, SinkError> {
        if let Some(number) = self.numbers.get(&frame) {
            return Ok(*number);
        }
        let address = (self.n_forgotten + self.numbers.len()) as u64;
        sink.record(&Record::Named { module, address, frame: frame.clone() })?;
        self.numbers.insert(frame, address);
        Ok(address)
    }

    /// Numbers that are remembered.
    pub(crate) fn len(&self) -> usize {
        self.numbers.len()
    }

    /// Forgets every number; what is met again gets a new one.
    pub(crate) fn forget(&mut self) {
        self.n_forgotten += self.numbers.len();
        self.numbers = HashMap::new();
    }

    /// A frame that has its name, as part of a stack.
    pub(crate) fn frame(
        &mut self,
        frame: NamedFrame,
        registry: &mut Registry,
        sink: &mut dyn Sink,
    ) -> Result<RawFrame, SinkError> {
        let module = self.module(&frame.runtime, registry, sink)?;
        let address = self.number(module, frame, sink)?;
        Ok(RawFrame { module: Some(module), address })
    }
}
