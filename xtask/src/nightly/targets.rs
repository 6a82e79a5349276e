//! The fuzz targets: one file each in `fuzz/fuzz_targets`, with a corpus of the same name.

use std::fs;

use crate::Outcome;
use crate::workspace::Workspace;

/// Their names, sorted.
pub(super) fn names(workspace: &Workspace) -> Outcome<Vec<String>> {
    let folder = workspace.root.join("fuzz/fuzz_targets");
    let failed = |e| format!("reading {}: {e}", folder.display());
    let mut names = Vec::new();
    for entry in fs::read_dir(&folder).map_err(failed)? {
        let name = entry.map_err(failed)?.file_name().to_string_lossy().into_owned();
        names.extend(name.strip_suffix(".rs").map(str::to_owned));
    }
    names.sort();
    Ok(names)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_target_has_a_corpus_that_a_test_runs_again() {
        let workspace = Workspace::load().unwrap();
        let read = |file: &str| fs::read_to_string(workspace.root.join(file)).unwrap();
        let manifest = read("fuzz/Cargo.toml");
        let rooms =
            ["leapp-core/src", "leapp-store-ini/src", "leapp-testkit/src/aws", "leapp-vault/src/sealed"];
        let rooms = rooms.map(|room| {
            let folder = workspace.root.join(room).join("fuzzing/mod.rs");
            fs::read_to_string(folder).unwrap_or_else(|_| read(&format!("{room}/fuzzing.rs")))
        });
        let rooms = rooms.concat();
        let names = names(&workspace).unwrap();

        assert!(names.len() > 10, "{names:?}");
        for name in names {
            assert!(manifest.contains(&format!("name = \"{name}\"")), "{name} is not built");
            let replayed = [format!("(\"{name}\", {name})"), format!("join(\"{name}\"), {name})")];
            assert!(replayed.iter().any(|line| rooms.contains(line)), "no test runs the corpus of {name}");
            let corpus = workspace.root.join("fuzz/corpus").join(&name);
            assert!(fs::read_dir(corpus).unwrap().count() > 0, "{name} has no corpus");
        }
    }
}
