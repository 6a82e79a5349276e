//! leapp-core without features stays light.

use std::collections::BTreeSet;

use super::Violation;
use crate::workspace::Workspace;
use crate::{Outcome, process};

const MOST: usize = 40;

pub(super) fn check(workspace: &Workspace) -> Outcome<Vec<Violation>> {
    let count = packages(workspace, &["--package", "leapp-core", "--no-default-features"])?.len();
    println!(
        "leapp-core without default features: {count} packages, itself included; at most {MOST} are allowed"
    );
    Ok(too_many(count).into_iter().collect())
}

fn too_many(count: usize) -> Option<Violation> {
    (count > MOST)
        .then(|| format!("leapp-core: {count} packages without default features, where {MOST} are allowed"))
}

/// Names of all packages that the selected one is built from on any system, itself included, tests left out.
pub(super) fn packages(workspace: &Workspace, selection: &[&str]) -> Outcome<Vec<String>> {
    let shape =
        ["tree", "--target=all", "--edges=normal,build", "--prefix=none", "--no-dedupe", "--format={p}"];
    let mut tree = process::cargo(&shape);
    let text = process::output(tree.args(selection).current_dir(&workspace.root))?;
    let found = names(&text);
    if found.is_empty() { Err(format!("cargo tree {} is empty", selection.join(" "))) } else { Ok(found) }
}

/// One name for each package and version in the output of cargo tree.
fn names(tree: &str) -> Vec<String> {
    let versions: BTreeSet<Vec<&str>> = tree
        .lines()
        .map(|line| line.split_whitespace().take(2).collect::<Vec<_>>())
        .filter(|words| words.len() == 2)
        .collect();
    versions.into_iter().map(|words| words[0].to_owned()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_count_and_repetitions_do_not() {
        let tree =
            "leapp-core v0.1.0 (/x)\nsyn v2.0.1\nsyn v1.0.0\nsyn v2.0.1\nserde_derive v1.0.0 (proc-macro)\n";
        assert_eq!(names(tree), ["leapp-core", "serde_derive", "syn", "syn"]);
    }

    #[test]
    fn one_more_is_too_many() {
        assert!(too_many(MOST).is_none());
        assert!(too_many(MOST + 1).is_some());
    }
}
