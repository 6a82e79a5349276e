//! `cargo xtask credentials-file`: the benches that need other people's programs beside them.

use std::process::Command;

use crate::workspace::Workspace;
use crate::{Outcome, node_modules, packages, process, venv};

/// Installs what is missing and measures.
pub(crate) fn measure(workspace: &Workspace) -> Outcome<()> {
    let benches = ["--bench", "document", "--bench", "credentials_file"];
    run(workspace, &[&["bench", "--package", "leapp-benches"], &benches[..]].concat())
}

/// Runs cargo where the benches find other people's programs.
pub(crate) fn run(workspace: &Workspace, arguments: &[&str]) -> Outcome<()> {
    packages::prepare(packages::CREDENTIALS_FILE)?;
    let venv = venv::prepare(workspace)?;
    let node_modules = node_modules::prepare(workspace, &venv)?;
    let mut cargo: Command = process::cargo(arguments);
    cargo.current_dir(&workspace.root);
    process::run(cargo.env("LEAPP_INTEROP_VENV", venv).env("LEAPP_INTEROP_NODE", node_modules))
}
