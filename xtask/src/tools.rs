//! Cargo subcommands that we need, each in one version.

use std::path::{Path, PathBuf};
use std::process::Command;

use crate::workspace::Workspace;
use crate::{Outcome, process};

/// The pinned version: the one on the PATH, or one of our own under target/ so that nobody's tools are replaced.
pub(crate) fn pinned(workspace: &Workspace, name: &str, version: &str) -> Outcome<PathBuf> {
    let tools = workspace.target.join("tools");
    let own = tools.join("bin").join(name);
    if let Some(found) =
        [PathBuf::from(name), own.clone()].into_iter().find(|program| is_version(program, name, version))
    {
        return Ok(found);
    }
    let mut install =
        process::cargo(&["install", name, "--locked", "--version", version, "--debug", "--root"]);
    // Each runs for a moment: what it takes is to be built.
    install.arg(&tools).env("CARGO_PROFILE_DEV_DEBUG", "0");
    process::run(&mut install)?;
    if is_version(&own, name, version) {
        Ok(own)
    } else {
        Err(format!("{name} {version} was built and does not run"))
    }
}

fn is_version(program: &Path, name: &str, version: &str) -> bool {
    // As cargo calls them, some take no option of their own without the name of the subcommand.
    let subcommand = name.trim_start_matches("cargo-");
    [&["--version"][..], &[subcommand, "--version"]].iter().any(|arguments| {
        let output = Command::new(program).args(*arguments).output();
        output.is_ok_and(|output| output.stdout.trim_ascii() == format!("{name} {version}").as_bytes())
    })
}
