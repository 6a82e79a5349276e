//! The compiler and the tools of a fuzzer.

use std::path::{Path, PathBuf};
use std::process::Command;

use crate::workspace::Workspace;
use crate::{Outcome, process, tools};

const CARGO_FUZZ: &str = "0.13.2";

/// A nightly compiler, and the fuzz targets built with it.
pub(super) struct Built {
    pub(super) rustc: String,
    programs: PathBuf,
}

impl Built {
    /// Builds all fuzz targets, and first what builds them.
    pub(super) fn make(workspace: &Workspace) -> Outcome<Self> {
        let (rustc, host) = nightly_compiler()?;
        let cargo_fuzz = tools::pinned(workspace, "cargo-fuzz", CARGO_FUZZ)?;
        let target = workspace.target.join("fuzz");
        let mut build = Command::new("rustup");
        build.args(["run", "nightly", "cargo", "fuzz", "build", "--fuzz-dir", "fuzz", "--target-dir"]);
        process::run(build.arg(&target).current_dir(&workspace.root).env("PATH", path_with(&cargo_fuzz)?))?;
        Ok(Self { rustc, programs: target.join(host).join("release") })
    }

    pub(super) fn program(&self, target: &str) -> PathBuf {
        self.programs.join(target)
    }
}

/// Its version and the system that it builds for.
fn nightly_compiler() -> Outcome<(String, String)> {
    let ask = || process::output(Command::new("rustup").args(["run", "nightly", "rustc", "-vV"]));
    let text = ask().map_err(|_| {
        "fuzzing needs a nightly compiler: `rustup toolchain install nightly --profile minimal` brings it"
            .to_owned()
    })?;
    let host = text.lines().find_map(|line| line.strip_prefix("host: "));
    let host = host.ok_or("the nightly compiler does not say what it builds for")?;
    Ok((text.lines().next().unwrap_or_default().to_owned(), host.to_owned()))
}

/// Cargo finds its subcommands on the PATH.
#[expect(clippy::disallowed_methods, reason = "a tool hands the PATH on to the programs that it runs")]
fn path_with(program: &Path) -> Outcome<std::ffi::OsString> {
    let own = program.parent().filter(|folder| !folder.as_os_str().is_empty()).map(Path::to_owned);
    let others = std::env::var_os("PATH").unwrap_or_default();
    std::env::join_paths(own.into_iter().chain(std::env::split_paths(&others)))
        .map_err(|e| format!("making a PATH: {e}"))
}
