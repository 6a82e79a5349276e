//! Our server's program, built the way its README says to install it.

use std::path::PathBuf;

use crate::workspace::Workspace;
use crate::{Outcome, process};

/// One file at a fixed address: a third of the start was finding libraries and moving the program to where it was loaded.
const RUSTFLAGS: &str = "-C target-feature=+crt-static -C relocation-model=static";

/// Builds it, in a folder of its own: other flags would have everything else built again.
pub(super) fn testkit(workspace: &Workspace) -> Outcome<PathBuf> {
    let folder = workspace.target.join("installed");
    let target = host()?;
    let mut build =
        process::cargo(&["build", "--release", "--package", "leapp-testkit", "--target", &target]);
    build.arg("--target-dir").arg(&folder).env("RUSTFLAGS", RUSTFLAGS);
    process::run(build.current_dir(&workspace.root))?;
    Ok(folder.join(target).join("release/leapp-testkit"))
}

/// With the target named, the flags are the program's alone, and not those of the macros it is built with.
fn host() -> Outcome<String> {
    let version = process::output(std::process::Command::new("rustc").arg("-vV"))?;
    let host = version.lines().find_map(|line| line.strip_prefix("host: "));
    host.map(str::to_owned).ok_or_else(|| "rustc does not say for which machine it compiles".to_owned())
}
