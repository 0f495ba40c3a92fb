//! No file names a folder of the machine it was written on, or a package registry's host.
//!
//! Both work for one person only. The patterns are assembled here, so that this file passes its own check.

use crate::tidy::{Check, Problem, Tree};

pub(super) const CHECK: Check = Check { name: "machine_paths", run };

/// Beginnings of paths that exist on one machine. Paths inside a container or namespace look like
/// `/proc/PID/root/…`: there the pattern stands inside a longer path and does not count.
const FOLDERS: [&str; 3] = [concat!("/ro", "ot/"), concat!("/wo", "rk/"), concat!("/ho", "me/")];

/// Names below [`FOLDERS`] that stand for anybody, and the build folder that packages of distributions name.
const ANYBODY: [&str; 6] = ["alice", "me", "rpmbuild", "someone", "user", "you"];

const HOSTS: [&str; 6] = [
    concat!("static.crates", ".io"),
    concat!("index.crates", ".io"),
    concat!("files.python", "hosted.org"),
    concat!("registry.npm", "js.org"),
    concat!("proxy.gol", "ang.org"),
    concat!("deb.deb", "ian.org"),
];

/// Written by cargo, which needs to name its registry.
const GENERATED: &str = "Cargo.lock";

fn run(tree: &Tree) -> Vec<Problem> {
    let mut problems = Vec::new();
    for (path, text) in tree.files().filter(|(path, _)| !path.ends_with(GENERATED)) {
        for (index, line) in text.lines().enumerate() {
            if let Some(folder) = FOLDERS.iter().find(|folder| names_folder(line, folder)) {
                let message = format!("names a path under {folder}");
                let hint = "write it relative to the root, or as $HOME";
                problems.push(Problem::error(path, message, hint).at(index + 1));
            }
            if let Some(host) = HOSTS.iter().find(|host| line.contains(**host)) {
                let message = format!("names the registry {host}");
                let hint = "leave it to the configuration of cargo, pip, npm, go or apt";
                problems.push(Problem::error(path, message, hint).at(index + 1));
            }
        }
    }
    problems
}

fn names_folder(line: &str, folder: &str) -> bool {
    line.match_indices(folder).any(|(at, _)| {
        let before = line[..at].chars().next_back();
        let begins_path = before.is_none_or(|c| !c.is_alphanumeric() && !"_-./})>*]$%~".contains(c));
        let rest = &line[at + folder.len()..];
        let name: String = rest.chars().take_while(|c| c.is_alphanumeric() || "_-".contains(*c)).collect();
        let anybody = name.is_empty() || ANYBODY.contains(&name.as_str());
        begins_path && !anybody
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn n_found(line: &str) -> usize {
        run(&Tree::of(&[("docs/a.md", line)])).len()
    }

    #[test]
    fn fires_on_folders_of_this_machine() {
        for folder in FOLDERS {
            assert_eq!(n_found(&format!("see `{folder}bob/x`")), 1, "{folder}");
            assert_eq!(n_found(&format!("{folder}bob")), 1, "{folder}");
        }
    }

    #[test]
    fn quiet_inside_longer_paths_and_on_anybody() {
        for folder in FOLDERS {
            for line in [
                format!("/proc/PID{folder}usr"),
                format!("/proc/{{pid}}{folder}tmp"),
                format!("a{folder}b"),
                format!("{folder}user/project"),
                format!("{folder}$USER"),
            ] {
                assert_eq!(n_found(&line), 0, "{line}");
            }
        }
    }

    #[test]
    fn fires_on_registries_but_not_in_the_lock_file() {
        for host in HOSTS {
            assert_eq!(n_found(&format!("https://{host}/x")), 1, "{host}");
            assert!(run(&Tree::of(&[("fuzz/Cargo.lock", host)])).is_empty());
        }
    }
}
