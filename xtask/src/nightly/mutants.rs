//! Changes to the engine and the driver that no test notices, found by cargo-mutants.

use std::fs;
use std::process::Command;

use super::Found;
use super::options::Options;
use super::report::Section;
use crate::workspace::Workspace;
use crate::{Outcome, tools};

const VERSION: &str = "27.1.0";
const FILES: [&str; 2] = ["leapp-core/src/engine/**/*.rs", "leapp-core/src/driver/**/*.rs"];
/// The tests of the engine take a second, the driver's a few.
const MOST_SECONDS: &str = "60";

pub(super) fn run(workspace: &Workspace, options: &Options) -> Outcome<Found> {
    let program = tools::pinned(workspace, "cargo-mutants", VERSION)?;
    let night = workspace.target.join("nightly");
    let mut command = Command::new(program);
    command.args([
        "mutants",
        "--package",
        "leapp-core",
        "--timeout",
        MOST_SECONDS,
        "--no-shuffle",
        "--output",
    ]);
    command.arg(&night).current_dir(&workspace.root);
    command.args(FILES.iter().flat_map(|file| ["--file", file]));
    command.args(options.shard.iter().flat_map(|shard| ["--shard", shard]));
    command.args(["--", "--lib", "--test", "driver"]);
    // The copy that is changed would build all dependencies for itself.
    command.env("CARGO_TARGET_DIR", night.join("mutants")).env("CARGO_INCREMENTAL", "1");
    let status = command.status().map_err(|e| format!("starting cargo-mutants: {e}"))?;
    let lines = |name: &str| {
        let file = night.join("mutants.out").join(name);
        let text = fs::read_to_string(&file).map_err(|e| format!("reading {}: {e}", file.display()));
        text.map(|text| text.lines().map(str::to_owned).collect::<Vec<_>>())
    };
    // 2 and 3 say that mutants survived or took too long; anything else that no mutant was looked at.
    if !matches!(status.code(), Some(0 | 2 | 3)) {
        return Err(format!("cargo-mutants ended with {status}"));
    }
    let [missed, caught, timeout, unviable] =
        [lines("missed.txt")?, lines("caught.txt")?, lines("timeout.txt")?, lines("unviable.txt")?];
    let shard = options.shard.as_deref().map(|shard| format!(" --shard {shard}")).unwrap_or_default();
    let section = Section {
        title: "Mutants",
        command: format!("cargo xtask nightly --only mutants{shard}"),
        body: body(&missed, [caught.len(), timeout.len(), unviable.len()]),
    };
    Ok(Found { section, is_sound: missed.is_empty() })
}

fn body(missed: &[String], [caught, timeout, unviable]: [usize; 3]) -> String {
    let mut lines = vec![format!(
        "`leapp-core/src/engine` and `leapp-core/src/driver`, with the tests of the library and of the driver: {caught} \
         mutants caught, {timeout} without an end, {unviable} that do not compile, {} that no test notices.",
        missed.len()
    )];
    if !missed.is_empty() {
        lines.push(String::new());
        lines.extend(missed.iter().map(|mutant| format!("- `{mutant}`")));
    }
    lines.join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn survivors_are_named() {
        let text = body(&["a.rs:1:2: replace x with y".to_owned()], [9, 1, 2]);
        assert!(text.contains("9 mutants caught, 1 without an end, 2 that do not compile, 1 that no test"));
        assert!(text.ends_with("\n\n- `a.rs:1:2: replace x with y`"));
        assert!(!body(&[], [1, 0, 0]).contains('\n'));
    }
}
