//! The tasks that the module `asyncio.tasks` knows, and which of them run.
//!
//! Looking names up in a table costs a read for each key, so the objects are kept that were found, and looked up again
//! once they are of another class.

use super::asyncio::{MAX_AWAITERS, MAX_TASKS};
use super::objects::Objects;
use crate::read_error::ReadError;
use std::collections::{BTreeMap, BTreeSet};

/// Objects of the module, by interpreter.
#[derive(Clone, Debug, Default)]
pub(super) struct TaskModules(BTreeMap<u64, Globals>);

/// The module's variables; 0 for one that it does not have.
#[derive(Clone, Copy, Debug)]
struct Globals {
    /// A `WeakSet` of all tasks, from 3.12 on of those that are not eager.
    all: u64,
    /// A `set` of those that began at once.
    eager: u64,
    /// A `dict` of those that run, by event loop.
    current: u64,
}

impl TaskModules {
    /// Adds all tasks to `found`; those that run now.
    pub(super) fn tasks(
        &mut self,
        objects: &Objects<'_>,
        interpreter: u64,
        found: &mut BTreeSet<u64>,
    ) -> Result<Vec<u64>, ReadError> {
        let globals = match self.0.get(&interpreter).copied().filter(|known| known.are_sound(objects)) {
            Some(known) => known,
            None => {
                self.0.remove(&interpreter);
                let Some(read) = Globals::read(objects, interpreter)? else { return Ok(Vec::new()) };
                if read.are_sound(objects) {
                    self.0.insert(interpreter, read);
                }
                read
            }
        };
        if globals.all != 0
            && let Some(references) = objects.attribute(globals.all, "data")?
        {
            for reference in objects.set(references, MAX_TASKS)?.0 {
                // The referent is the first field; an object that is gone leaves `None`.
                let task = objects.word("a weak reference", reference, objects.layout.objects.head)?;
                if objects.is_something(task) {
                    found.insert(task);
                }
            }
        }
        if globals.eager != 0 {
            found.extend(objects.set(globals.eager, MAX_TASKS)?.0);
        }
        if globals.current == 0 {
            return Ok(Vec::new());
        }
        let (current, _) = objects.dict(globals.current, MAX_AWAITERS)?;
        Ok(current.into_iter().map(|(_, task)| task).filter(|task| objects.is_something(*task)).collect())
    }
}

impl Globals {
    fn read(objects: &Objects<'_>, interpreter: u64) -> Result<Option<Self>, ReadError> {
        let modules = objects.word("the modules", interpreter, objects.layout.objects.modules)?;
        if modules == 0 {
            return Ok(None);
        }
        let Some(module) = objects.item(modules, "asyncio.tasks")? else { return Ok(None) };
        let names = objects.word("a module's names", module, objects.layout.objects.module_dict)?;
        let all = if objects.layout.objects.minor < 12 { "_all_tasks" } else { "_scheduled_tasks" };
        let global = |name| Ok(objects.item(names, name)?.unwrap_or(0));
        Ok(Some(Self {
            all: global(all)?,
            eager: global("_eager_tasks")?,
            current: global("_current_tasks")?,
        }))
    }

    /// Whether all of them are still what they were; not so before the module is loaded whole.
    fn are_sound(&self, objects: &Objects<'_>) -> bool {
        let is = |object: u64, name: &str| {
            object != 0 && objects.type_of(object).is_ok_and(|class| class.name == name)
        };
        is(self.all, "WeakSet") && is(self.current, "dict") && (self.eager == 0 || is(self.eager, "set"))
    }
}
