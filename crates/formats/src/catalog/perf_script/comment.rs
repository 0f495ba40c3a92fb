//! The lines of `perf script --header`: `# hostname : name`.

use crate::builder::RecordingBuilder;

/// Takes what the model has a place for.
pub(super) fn comment(builder: &mut RecordingBuilder, text: &str) {
    let Some((key, value)) = text.split_once(':') else { return };
    let value = value.trim();
    if key.trim() == "perf version" {
        return builder.tool(format!("perf {value}"));
    }
    let host = &mut builder.meta().host;
    match key.trim() {
        "hostname" => value.clone_into(&mut host.name),
        "os release" => value.clone_into(&mut host.kernel),
        "arch" => value.clone_into(&mut host.architecture),
        "cpudesc" => value.clone_into(&mut host.cpu_model),
        "nrcpus online" => host.cpus = value.parse().unwrap_or(host.cpus),
        "total memory" => {
            let kilobytes = value.split(' ').next().and_then(|number| number.parse::<u64>().ok());
            host.memory_bytes = kilobytes.map_or(host.memory_bytes, |number| number.saturating_mul(1024));
        }
        _ => {}
    }
}
