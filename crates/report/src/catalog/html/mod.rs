//! The viewer and its data in one file that opens from disk without any network.
//!
//! The document holds no name of the target but its title, which is escaped: everything else is base64, which has no
//! character that means something to HTML. The content security policy lets nothing run but the viewer's own script,
//! by its hash, and nothing be fetched. The viewer itself is built from `web/` and committed in `web/dist/`.

mod base64;

use fathom_model::Recording;

use crate::output::{Options, Output};
use crate::text::markup;
use crate::viewer::{ViewerData, ViewerMode, ViewerOptions, title};

const SCRIPT: &str = include_str!("../../../../../web/dist/viewer.js");
const STYLE: &str = include_str!("../../../../../web/dist/viewer.css");
const HASHES: &str = include_str!("../../../../../web/dist/hashes.json");

/// The `html` output.
pub(crate) struct Html;

impl Output for Html {
    fn name(&self) -> &'static str {
        "html"
    }

    fn extension(&self) -> &'static str {
        "html"
    }

    fn summary(&self) -> &'static str {
        "the interactive viewer with the recording in one file"
    }

    fn render(&self, recording: &Recording, options: &Options) -> String {
        let options = ViewerOptions {
            sources: options.sources.clone(),
            judgement: options.judgement.clone(),
            ..ViewerOptions::of(ViewerMode::File)
        };
        viewer_page(&title(recording), Some(&ViewerData::build(recording, &options).bytes)).html
    }
}

/// A page, and the policy under which a browser runs it, which also stands in it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ViewerPage {
    /// The document.
    pub html: String,
    /// What a server sends as `Content-Security-Policy`.
    pub content_security_policy: String,
}

/// The viewer's page: with its data, or for a server that answers `data` beside it.
pub fn viewer_page(title: &str, data: Option<&[u8]>) -> ViewerPage {
    let connect = if data.is_some() { "'none'" } else { "'self'" };
    let (script, style) = (hash("script"), hash("style"));
    let policy = format!(
        "default-src 'none'; script-src '{script}'; style-src '{style}'; img-src data: blob:; connect-src {connect}; \
         base-uri 'none'; form-action 'none'"
    );
    let data = data.map(base64::encode).unwrap_or_default();
    let parts = [
        "<!doctype html><html lang=en><head><meta charset=utf-8><meta http-equiv=Content-Security-Policy content=\"",
        &policy,
        "\"><meta name=viewport content=\"width=device-width\"><title>",
        &markup(title),
        " · Fathom</title><style>",
        STYLE,
        "</style></head><body><div id=\"app\"><noscript>This report needs JavaScript. \
         `fathom report --output md` makes one that does not.</noscript></div>\
         <script id=\"fathom-data\" type=\"text/plain\">",
        &data,
        "</script><script>",
        SCRIPT,
        "</script></body></html>\n",
    ];
    ViewerPage { html: parts.concat(), content_security_policy: policy }
}

/// A hash of the committed bundle, as the policy takes it. One that is damaged lets nothing run, and a test says so.
fn hash(name: &str) -> String {
    let hashes: serde_json::Value = serde_json::from_str(HASHES).unwrap_or_default();
    hashes[name].as_str().unwrap_or("sha256-").to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_bundle_can_stand_in_a_document() {
        for name in ["script", "style"] {
            let hash = hash(name);
            let digest = hash.strip_prefix("sha256-").unwrap_or_default();
            let is_base64 = |c: char| c.is_ascii_alphanumeric() || "+/=".contains(c);
            assert!(digest.len() == 44 && digest.chars().all(is_base64), "{name}: {hash}");
        }
        // Any of these would end the element early, or change how the rest of it is read (HTML, section 4.12.1.3).
        for forbidden in ["</script", "<script", "<!--"] {
            assert!(!SCRIPT.to_ascii_lowercase().contains(forbidden), "viewer.js holds {forbidden}");
        }
        assert!(!STYLE.to_ascii_lowercase().contains("</style"));
        // A file with carriage returns would hash to something else than what a browser sees.
        assert!(!SCRIPT.contains('\r') && !STYLE.contains('\r'));
    }
}
