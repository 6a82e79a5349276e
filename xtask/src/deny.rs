//! Licences, bans and sources of dependencies.

use std::path::PathBuf;
use std::process::Command;

use crate::workspace::Workspace;
use crate::{Outcome, process};

const VERSION: &str = "0.20.2";

/// Runs `cargo deny` as deny.toml says, and builds that program first where it is missing.
///
/// The advisory database is not asked: it lives on a server of its own, and a build must not change with it.
pub(crate) fn run(workspace: &Workspace) -> Outcome<()> {
    let program = program(workspace)?;
    let check = ["--workspace", "--all-features", "check", "bans", "licenses", "sources"];
    process::run(Command::new(program).args(check).current_dir(&workspace.root))
}

/// The pinned version: the one on the PATH, or one of our own under target/ so that nobody's tools are replaced.
fn program(workspace: &Workspace) -> Outcome<PathBuf> {
    let tools = workspace.target.join("tools");
    let own = tools.join("bin/cargo-deny");
    if let Some(found) = [PathBuf::from("cargo-deny"), own.clone()].into_iter().find(is_pinned_version) {
        return Ok(found);
    }
    let mut install = process::cargo(&["install", "cargo-deny", "--locked", "--version", VERSION, "--root"]);
    process::run(install.arg(&tools))?;
    if is_pinned_version(&own) {
        Ok(own)
    } else {
        Err(format!("cargo-deny {VERSION} was built and does not run"))
    }
}

fn is_pinned_version(program: &PathBuf) -> bool {
    let output = Command::new(program).arg("--version").output();
    output.is_ok_and(|output| output.stdout.trim_ascii() == format!("cargo-deny {VERSION}").as_bytes())
}
