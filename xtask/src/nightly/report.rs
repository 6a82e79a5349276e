//! `fuzz/NIGHTLY.md`: a section for each part of the night. A part that runs again replaces its own section.

use std::fs;

use super::machine::Machine;
use crate::Outcome;
use crate::workspace::Workspace;

const FILE: &str = "fuzz/NIGHTLY.md";
const HEAD: &str =
    "# Long runs\n\nWritten by `cargo xtask nightly`, section by section; a person commits it.\n";

/// What one part has to say.
pub(super) struct Section {
    pub(super) title: &'static str,
    /// The command that makes it again.
    pub(super) command: String,
    pub(super) body: String,
}

impl Section {
    pub(super) fn with(&self, machine: &Machine) -> String {
        let Self { title, command, body } = self;
        format!("## {title}\n\n{machine}\n\n```text\n{command}\n```\n\n{}\n", body.trim_end())
    }
}

/// Puts a section in the place of the one of the same title, or behind the last one.
#[expect(clippy::disallowed_methods, reason = "a report of this tool, which a person looks at and commits")]
pub(super) fn put(workspace: &Workspace, section: &Section, machine: &Machine) -> Outcome<()> {
    let file = workspace.root.join(FILE);
    let before = fs::read_to_string(&file).unwrap_or_else(|_| HEAD.to_owned());
    let after = replaced(&before, section.title, &section.with(machine));
    fs::write(&file, after).map_err(|e| format!("writing {FILE}: {e}"))?;
    println!("{FILE}: \"{}\" is written; look at it and commit it", section.title);
    Ok(())
}

fn replaced(before: &str, title: &str, section: &str) -> String {
    let mut parts = before.split("\n## ");
    let head = parts.next().unwrap_or_default().trim_end();
    let mut sections: Vec<String> = parts.map(|part| format!("## {}", part.trim_end())).collect();
    let heading = format!("## {title}\n");
    let section = section.trim_end().to_owned();
    match sections.iter_mut().find(|one| one.starts_with(&heading)) {
        Some(old) => *old = section,
        None => sections.push(section),
    }
    format!("{head}\n\n{}\n", sections.join("\n\n"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_section_replaces_its_own_and_leaves_the_others() {
        let first = replaced(HEAD, "A", "## A\n\nold\n");
        let both = replaced(&first, "B", "## B\n\nb\n");
        assert_eq!(both, format!("{HEAD}\n## A\n\nold\n\n## B\n\nb\n"));
        assert_eq!(replaced(&both, "A", "## A\n\nnew\n"), format!("{HEAD}\n## A\n\nnew\n\n## B\n\nb\n"));
    }
}
