//! The systems' keychains and files on systems that this is not: Windows' tests run under Wine, macOS's code is type-checked.
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

const PACKAGES: [&str; 2] = ["leapp-store-ini", "leapp-vault"];
/// Beside the unit tests, of all packages.
const TESTS: [&str; 6] = ["conformance", "relocation", "sealed", "store", "stores", "windows"];
const WINDOWS: &str = "x86_64-pc-windows-gnu";
const MACOS: &str = "aarch64-apple-darwin";
/// Of one test program, in seconds. A minute is much.
const LIMIT: &str = "600";

/// Debian's Wine lacks a library that programs of Rust's want on Windows. This is all they want of it.
const PRIMITIVES: &str = "xtask/wine/bcryptprimitives.c";

/// A test program, and the folder of its package.
#[derive(Debug, PartialEq, Eq)]
struct Program {
    path: PathBuf,
    package: PathBuf,
}

/// Tests on Windows, as far as Wine is that, and checks for macOS, each of which counts as one test.
pub(crate) fn run(workspace: &Workspace) -> Outcome<Tally> {
    packages::prepare(packages::OTHER_SYSTEMS)?;
    let mut tally = Tally::default();
    for package in PACKAGES {
        println!("checking {package} and its tests for {MACOS}");
        tally.count(process::run(&mut check(workspace, package)).is_ok());
    }

    println!("building the tests of {} for {WINDOWS}", PACKAGES.join(" and "));
    let Ok(programs) = build(workspace) else {
        println!("they were not built; counted as one failure");
        tally.count(false);
        return Ok(tally);
    };
    for program in &programs {
        println!("running {} under Wine", program.path.display());
        tally.add(test::summed(&mut wine(workspace, program))?);
    }
    // Its own would stay for a while; of no other prefix is any ended.
    process::succeeds(Command::new(WINE_SERVER).arg("--kill").env("WINEPREFIX", prefix(workspace)));
    Ok(tally)
}

/// Nothing is linked, and so nothing misses the parts in C of what the tests need: a compiler that does nothing will do.
fn check(workspace: &Workspace, package: &str) -> Command {
    let mut command =
        cargo(workspace, &["check", "--lib", "--tests", "--target", MACOS, "--package", package]);
    command.env("CC_aarch64_apple_darwin", "true").env("AR_aarch64_apple_darwin", "true");
    command.env("AWS_LC_SYS_CMAKE_BUILDER", "0");
    command
}

/// The test programs for Windows, each in a folder where it finds what Wine lacks.
fn build(workspace: &Workspace) -> Outcome<Vec<Program>> {
    let mut command = cargo(workspace, &["test", "--no-run", "--lib", "--target", WINDOWS]);
    command.args(PACKAGES.iter().flat_map(|package| ["--package", package]));
    command.args(TESTS.iter().flat_map(|tests| ["--test", tests]));
    let messages = process::output(command.arg("--message-format=json-render-diagnostics"))?;
    let programs: Vec<Program> = messages.lines().filter_map(program).collect();
    let folder =
        programs.first().and_then(|program| program.path.parent()).ok_or("cargo built no test program")?;
    let library = folder.join("bcryptprimitives.dll");
    let source = workspace.root.join(PRIMITIVES);
    process::run(Command::new(GCC).arg("-shared").arg("-o").arg(library).arg(source).arg("-ladvapi32"))?;
    Ok(programs)
}

/// The program that a line of cargo's is about.
fn program(message: &str) -> Option<Program> {
    let message: Value = serde_json::from_str(message).ok()?;
    // Others are built for the tests to start.
    if !message.get("profile")?.get("test")?.as_bool()? {
        return None;
    }
    let path = PathBuf::from(message.get("executable")?.as_str()?);
    let package = Path::new(message.get("manifest_path")?.as_str()?).parent()?.to_path_buf();
    Some(Program { path, package })
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

fn wine(workspace: &Workspace, program: &Program) -> Command {
    let mut command = Command::new("timeout");
    command.args(["--kill-after=10", LIMIT, WINE]).arg(&program.path).current_dir(&program.package);
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
        let of = |executable: &str, is_test: bool| {
            let place = r#""manifest_path":"/leapp-vault/Cargo.toml""#;
            format!(r#"{{"executable":{executable},{place},"profile":{{"test":{is_test}}}}}"#)
        };
        let test = of(r#""/target/deps/stores.exe""#, true);
        let started_by_tests = of(r#""/target/update-profile.exe""#, false);
        let messages = [test, started_by_tests, of("null", true), "words".to_owned()];
        let found: Vec<Program> = messages.iter().filter_map(|message| program(message)).collect();
        let expected = Program { path: "/target/deps/stores.exe".into(), package: "/leapp-vault".into() };
        assert_eq!(found, [expected]);
    }
}
