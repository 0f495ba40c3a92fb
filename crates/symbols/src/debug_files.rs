//! Finds the separate debug file of a module, and the supplementary file that dwz split off.
//!
//! A file is taken only if it belongs: by build id where both have one, else by the checksum that the link
//! carries. A wrong debug file gives wrong names, which is worse than none.

use crate::elf::Elf;
use crate::frame::FileSource;
use fathom_model::{BuildId, Issue};

/// Where distributions keep debug files.
const DEBUG_ROOT: &str = "/usr/lib/debug";

/// Paths at which a debug file of the module may be, best first.
///
/// `module_path` is absolute, `link_name` is what `.gnu_debuglink` names.
pub fn debug_file_paths(
    module_path: &str,
    build_id: Option<&BuildId>,
    link_name: Option<&str>,
) -> Vec<String> {
    let mut paths: Vec<String> = build_id.and_then(build_id_path).into_iter().collect();
    // A name with a slash would lead out of the directories it is looked up in.
    if let Some(name) = link_name.filter(|name| !name.contains('/')) {
        let directory = module_path.rsplit_once('/').map_or("", |(directory, _)| directory);
        paths.push(format!("{directory}/{name}"));
        paths.push(format!("{directory}/.debug/{name}"));
        paths.push(format!("{DEBUG_ROOT}{directory}/{name}"));
    }
    paths.retain(|path| path != module_path);
    paths
}

fn build_id_path(build_id: &BuildId) -> Option<String> {
    let digits = build_id.to_string();
    let (first, rest) = digits.split_at_checked(2).filter(|(_, rest)| !rest.is_empty())?;
    Some(format!("{DEBUG_ROOT}/.build-id/{first}/{rest}.debug"))
}

/// The debug file of `elf` and its path.
pub(crate) fn find_debug_file(
    module_path: &str,
    elf: &Elf,
    files: &dyn FileSource,
) -> (Option<(String, Elf)>, Vec<Issue>) {
    let link = elf.debug_link();
    let mut issues = Vec::new();
    for path in
        debug_file_paths(module_path, elf.build_id.as_ref(), link.as_ref().map(|(name, _)| name.as_str()))
    {
        let Some(bytes) = files.open(&path) else { continue };
        let debug = match Elf::parse(bytes) {
            Ok(debug) => debug,
            Err(reason) => {
                issues.push(Issue::of(path, reason));
                continue;
            }
        };
        let belongs = match (&elf.build_id, &debug.build_id, &link) {
            (Some(module), Some(debug), _) => module == debug,
            (_, _, Some((_, crc))) => checksum(&debug.bytes) == *crc,
            _ => false,
        };
        if belongs {
            return (Some((path, debug)), issues);
        }
        let id = |id: &Option<BuildId>| id.as_ref().map_or("none".to_owned(), BuildId::to_string);
        issues.push(Issue::of(
            path,
            format!(
                "belongs to another build of {module_path}: build id {}, needed {}",
                id(&debug.build_id),
                id(&elf.build_id)
            ),
        ));
    }
    (None, issues)
}

/// The file that `.gnu_debugaltlink` of `elf` names. `path` is where `elf` itself is.
pub(crate) fn find_supplementary_file(
    path: &str,
    elf: &Elf,
    files: &dyn FileSource,
) -> (Option<Elf>, Option<Issue>) {
    let Some((link, build_id)) = elf.debug_alt_link() else { return (None, None) };
    let directory = path.rsplit_once('/').map_or("", |(directory, _)| directory);
    let beside = if link.starts_with('/') { link.clone() } else { format!("{directory}/{link}") };
    let found = build_id_path(&build_id).into_iter().chain([beside]).find_map(|path| {
        let supplementary = Elf::parse(files.open(&path)?).ok()?;
        (supplementary.build_id.as_ref() == Some(&build_id)).then_some(supplementary)
    });
    let issue = found.is_none().then(|| Issue::of(path, format!("its supplementary debug file `{link}` (build id {build_id}) was not found: some names and lines are missing")));
    (found, issue)
}

/// The CRC-32 of zlib, which `.gnu_debuglink` uses.
fn checksum(bytes: &[u8]) -> u32 {
    let mut crc = flate2::Crc::new();
    crc.update(bytes);
    crc.sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_in_their_order() {
        let id = BuildId(vec![0xab, 0xcd, 0xef]);
        let paths = debug_file_paths("/usr/bin/x", Some(&id), Some("x.debug"));
        let expected = [
            "/usr/lib/debug/.build-id/ab/cdef.debug",
            "/usr/bin/x.debug",
            "/usr/bin/.debug/x.debug",
            "/usr/lib/debug/usr/bin/x.debug",
        ];
        assert_eq!(paths, expected);
        assert!(debug_file_paths("/usr/bin/x", None, Some("../../etc/shadow")).is_empty());
        assert_eq!(
            debug_file_paths("/usr/bin/x", None, Some("x")).len(),
            2,
            "a link to itself is not followed"
        );
    }
}
