//! No module is called by what it is not: utils, helpers, manager.

use std::path::Path;

use super::{Violation, code};
use crate::Outcome;
use crate::workspace::Workspace;

const BANNED: [&str; 6] = ["util", "utils", "helper", "helpers", "manager", "managers"];

pub(super) fn check(workspace: &Workspace) -> Outcome<Vec<Violation>> {
    let mut violations = Vec::new();
    for member in &workspace.members {
        for folder in ["src", "tests", "examples", "benches"].map(|name| member.folder.join(name)) {
            let files = if folder.is_dir() { code::files(&folder)? } else { Vec::new() };
            for file in files {
                let place = file.strip_prefix(&workspace.root).unwrap_or(&file);
                violations.extend(broken(place, &code::read(&file)?));
            }
        }
    }
    Ok(violations)
}

fn broken(place: &Path, source: &str) -> Vec<Violation> {
    let of_files = place.iter().map(|name| name.to_string_lossy().trim_end_matches(".rs").to_owned());
    let code = code::production_code(source);
    // A module with a file of its own is named by that file.
    let inline = code.lines().filter_map(|line| {
        let (_, declaration) = line.trim_start_matches("pub ").split_once("mod ")?;
        Some(declaration.split_once('{')?.0.trim().to_owned())
    });
    let banned = of_files.chain(inline).filter(|name| is_banned(name));
    banned.map(|name| format!("{}: a module must not be called `{name}`", place.display())).collect()
}

fn is_banned(name: &str) -> bool {
    name.split('_').any(|word| BANNED.contains(&word))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn banned_names_are_found() {
        assert_eq!(broken(Path::new("leapp-core/src/utils.rs"), "").len(), 1);
        assert_eq!(broken(Path::new("leapp-core/src/session_manager/mod.rs"), "").len(), 1);
        assert_eq!(broken(Path::new("leapp-core/src/lib.rs"), "pub(crate) mod helpers {\n}").len(), 1);
        assert_eq!(broken(Path::new("leapp-core/src/vault.rs"), "// mod utils {\nmod inner {}").len(), 0);
    }
}
