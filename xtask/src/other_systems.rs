//! The systems' keychains on systems that this is not: Windows' tests run under Wine, macOS's code is type-checked.
//!
//! Debian's second toolchain (`rustc-web`) has the sources of the standard library, which is then built for those systems. Wine is
//! not Windows: what passes here was tested under Wine.

use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;

use crate::tally::Tally;
use crate::workspace::Workspace;
use crate::{Outcome, packages, process, test};

const CARGO: &str = "/usr/bin/cargo";
const RUSTC: &str = "/usr/bin/rustc";
const GCC: &str = "x86_64-w64-mingw32-gcc";
/// The one on the PATH asks for its half of 32 bits.
const WINE: &str = "/usr/lib/wine/wine64";
const WINE_SERVER: &str = "/usr/lib/wine/wineserver64";

const PACKAGE: &str = "leapp-vault";
/// Beside the unit tests.
const TESTS: [&str; 4] = ["relocation", "sealed", "stores", "windows"];
const WINDOWS: &str = "x86_64-pc-windows-gnu";
const MACOS: &str = "aarch64-apple-darwin";
/// Of one test program, in seconds. A minute is much.
const LIMIT: &str = "600";

/// Debian's Wine lacks a library that programs of Rust's want on Windows. This is all they want of it.
const PRIMITIVES: &str = "xtask/wine/bcryptprimitives.c";

/// Tests on Windows, as far as Wine is that, and checks for macOS, which counts as one test.
pub(crate) fn run(workspace: &Workspace) -> Outcome<Tally> {
    packages::prepare(packages::OTHER_SYSTEMS)?;
    let mut tally = Tally::default();
    println!("checking {PACKAGE} for {MACOS}");
    let check = ["check", "--package", PACKAGE, "--target", MACOS];
    tally.count(process::run(&mut cargo(workspace, &check)).is_ok());

    println!("building the tests of {PACKAGE} for {WINDOWS}");
    let Ok(programs) = build(workspace) else {
        println!("they were not built; counted as one failure");
        tally.count(false);
        return Ok(tally);
    };
    for program in &programs {
        println!("running {} under Wine", program.display());
        tally.add(test::summed(&mut wine(workspace, program))?);
    }
    // Its own would stay for a while; of no other prefix is any ended.
    process::succeeds(Command::new(WINE_SERVER).arg("--kill").env("WINEPREFIX", prefix(workspace)));
    Ok(tally)
}

/// The test programs for Windows, each in a folder where it finds what Wine lacks.
fn build(workspace: &Workspace) -> Outcome<Vec<PathBuf>> {
    let build = ["test", "--no-run", "--package", PACKAGE, "--lib", "--target", WINDOWS];
    let mut command = cargo(workspace, &build);
    command.args(TESTS.iter().flat_map(|tests| ["--test", tests]));
    let messages = process::output(command.arg("--message-format=json-render-diagnostics"))?;
    let programs: Vec<PathBuf> = messages.lines().filter_map(executable).collect();
    let folder =
        programs.first().and_then(|program| program.parent()).ok_or("cargo built no test program")?;
    let library = folder.join("bcryptprimitives.dll");
    let source = workspace.root.join(PRIMITIVES);
    process::run(Command::new(GCC).arg("-shared").arg("-o").arg(library).arg(source).arg("-ladvapi32"))?;
    Ok(programs)
}

/// The program that a line of cargo's is about.
fn executable(message: &str) -> Option<PathBuf> {
    let message: Value = serde_json::from_str(message).ok()?;
    message.get("executable")?.as_str().map(PathBuf::from)
}

fn cargo(workspace: &Workspace, arguments: &[&str]) -> Command {
    let mut command = Command::new(CARGO);
    command.args(arguments).arg("-Zbuild-std=std,panic_unwind");
    command.arg("--target-dir").arg(folder(workspace)).current_dir(&workspace.root);
    command.env("RUSTC", RUSTC).env("RUSTC_BOOTSTRAP", "1");
    command.env("CARGO_TARGET_X86_64_PC_WINDOWS_GNU_LINKER", GCC).env("AWS_LC_SYS_PREBUILT_NASM", "1");
    // Of the toolchain that runs this tool.
    for variable in ["CARGO", "LD_LIBRARY_PATH", "RUSTDOC", "RUSTUP_TOOLCHAIN"] {
        command.env_remove(variable);
    }
    command
}

fn wine(workspace: &Workspace, program: &Path) -> Command {
    let mut command = Command::new("timeout");
    command.args(["--kill-after=10", LIMIT, WINE]).arg(program).current_dir(workspace.root.join(PACKAGE));
    command.env("WINEPREFIX", prefix(workspace)).env("WINEDEBUG", "-all").env_remove("DISPLAY");
    command
}

/// Apart from what the workspace's own compiler builds: the two would build all of it anew in turns.
fn folder(workspace: &Workspace) -> PathBuf {
    workspace.target.join("other-systems")
}

fn prefix(workspace: &Workspace) -> PathBuf {
    folder(workspace).join("wine")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn programs_are_found_among_cargos_messages() {
        let program = r#"{"reason":"compiler-artifact","executable":"/target/deps/stores.exe"}"#;
        let library = r#"{"reason":"compiler-artifact","executable":null}"#;
        let found: Vec<PathBuf> = [program, library, "words"].into_iter().filter_map(executable).collect();
        assert_eq!(found, [PathBuf::from("/target/deps/stores.exe")]);
    }
}
