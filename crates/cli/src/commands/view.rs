//! `fathom view [REC]`: the viewer in a browser, served on this machine.

use crate::failure::Failure;
use crate::settings::Settings;
use crate::source::Source;
use crate::talk;
use fathom_report::{ViewerData, ViewerMode, ViewerOptions, viewer_page};
use fathom_server::{Page, Server, Site};
use std::process::{Command, ExitCode, Stdio};

/// Look at a recording in a browser
///
/// Serves the viewer on this machine only, at a random port behind a random secret, with every sample, whole source
/// files and machine code. Ctrl-C ends it.
#[derive(Debug, clap::Args)]
#[command(after_long_help = "\
Examples:
  fathom view
  fathom view slow.fathom --no-open
  fathom view profile.pb.gz --port 8080")]
pub(crate) struct View {
    #[command(flatten)]
    source: Source,

    /// Port to listen on; default: a free one
    #[arg(long, value_name = "PORT", default_value_t = 0, hide_default_value = true)]
    port: u16,

    /// Print the address and open no browser
    #[arg(long)]
    no_open: bool,
}

impl View {
    /// Serves until Ctrl-C.
    ///
    /// # Errors
    /// The recording cannot be read, or the port not be had.
    pub(crate) fn run(&self) -> Result<ExitCode, Failure> {
        let failed = |error: fathom_server::ServerError| Failure::new(error.to_string());
        let settings = Settings::load()?;
        let recording = self.source.open()?.recording;
        let server = Server::bind(self.port).map_err(failed)?;
        let (judgement, _) = fathom_session::judge(&recording, &settings.of_rules());
        let options = ViewerOptions { judgement: Some(judgement), ..ViewerOptions::of(ViewerMode::View) };
        let data = ViewerData::build(&recording, &options);
        let page = viewer_page(&self.source.recording, None);
        let page = Page { html: page.html, content_security_policy: page.content_security_policy };
        let site = Site::new(recording, page, data.bytes, data.functions);
        let url = server.url();
        talk::say(&format!("the viewer is at {url}\nCtrl-C ends it"));
        if !self.no_open {
            open(&url);
        }
        server.run(site).map_err(failed)?;
        Ok(ExitCode::SUCCESS)
    }
}

/// Asks the desktop for a browser. Where there is none the address is on the screen.
fn open(url: &str) {
    let mut opener = Command::new("xdg-open");
    opener.arg(url).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    if let Ok(mut child) = opener.spawn() {
        // It ends at once and would stay a zombie.
        std::thread::spawn(move || child.wait());
    }
}
