//! What is served: the page, its data, sources and machine code of one recording. Knows no sockets.

use fathom_analysis::FunctionId;
use fathom_model::Recording;
use serde_json::{Value, json};

use crate::gate::Route;
use crate::machine_code::MachineCode;
use crate::sources::Sources;

/// The viewer's page, and the policy under which a browser runs it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Page {
    /// The document.
    pub html: String,
    /// Value of the `Content-Security-Policy` header.
    pub content_security_policy: String,
}

/// All that a browser can ask for.
pub struct Site {
    pub(crate) page: Page,
    data: Vec<u8>,
    sources: Sources,
    machine_code: MachineCode,
}

/// An answer with its media type.
pub(crate) struct Answer {
    pub(crate) media_type: &'static str,
    pub(crate) bytes: Vec<u8>,
}

impl Site {
    /// A site for a recording; `functions` are the functions of the data's tables, by number.
    pub fn new(recording: Recording, page: Page, data: Vec<u8>, functions: Vec<Option<FunctionId>>) -> Self {
        let sources = Sources::of(&recording);
        Self { page, data, sources, machine_code: MachineCode::new(recording, functions) }
    }

    /// Reads files where it must; takes as long as that.
    pub(crate) fn answer(&self, route: &Route) -> Answer {
        match route {
            Route::Page => {
                Answer { media_type: "text/html; charset=utf-8", bytes: self.page.html.clone().into_bytes() }
            }
            // The container is compressed by itself; the page decompresses it in a file as well.
            Route::Data => Answer { media_type: "application/octet-stream", bytes: self.data.clone() },
            Route::Source(file) => {
                let read = self.sources.read(file);
                of_json(read.map(|(path, text)| json!({ "path": path, "text": text })))
            }
            Route::MachineCode(number) => {
                of_json(self.machine_code.rows(*number).map(|rows| json!({ "rows": rows })))
            }
        }
    }
}

fn of_json(result: Result<Value, String>) -> Answer {
    let value = result.unwrap_or_else(|error| json!({ "error": error }));
    Answer { media_type: "application/json", bytes: value.to_string().into_bytes() }
}
