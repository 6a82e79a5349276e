//! Licences, bans and sources of dependencies.

use std::process::Command;

use crate::workspace::Workspace;
use crate::{Outcome, process, tools};

const VERSION: &str = "0.20.2";

/// Runs `cargo deny` as deny.toml says, and builds that program first where it is missing.
///
/// The advisory database is not asked: it lives on a server of its own, and a build must not change with it.
pub(crate) fn run(workspace: &Workspace) -> Outcome<()> {
    let program = tools::pinned(workspace, "cargo-deny", VERSION)?;
    let check = ["--workspace", "--all-features", "check", "bans", "licenses", "sources"];
    process::run(Command::new(program).args(check).current_dir(&workspace.root))
}
