//! `cargo xtask test`: every test, with the outside checks.

use std::io::{BufRead, BufReader};
use std::path::PathBuf;
use std::process::{Command, Stdio};

use crate::tally::Tally;
use crate::workspace::Workspace;
use crate::{Outcome, fuse, node_modules, other_systems, packages, process, simplesamlphp, venv};

/// Turns the outside checks from ignored tests into tests that run, and fail when a component is missing.
const FEATURES: &str = "leapp-browser/interop,leapp-examples/interop,leapp-store-ini/interop,leapp-testkit/interop,leapp-vault/interop";

/// Prepares the components, runs all tests and doctests, and sums them up.
pub(crate) fn run(workspace: &Workspace) -> Outcome<Tally> {
    let components = components(workspace)?;
    let simplesamlphp = simplesamlphp::prepare(workspace)?;
    let mut command = process::cargo(&["test", "--workspace", "--no-fail-fast", "--features", FEATURES]);
    command.current_dir(&workspace.root).envs(components).env("LEAPP_INTEROP_SIMPLESAMLPHP", simplesamlphp);
    let mut tally = summed(&mut command)?;
    // The features are the same, so that nothing is built anew.
    let mut store = process::cargo(&["test", "--workspace", "--features", FEATURES, "--test", "store"]);
    tally.add(fuse::run(workspace, store.current_dir(&workspace.root))?);
    tally.add(other_systems::run(workspace)?);
    Ok(tally)
}

/// Prepares what most outside checks need, and says where it is as the tests want to be told.
pub(crate) fn components(workspace: &Workspace) -> Outcome<[(&'static str, PathBuf); 2]> {
    packages::prepare(packages::TESTS)?;
    let venv = venv::prepare(workspace)?;
    let node_modules = node_modules::prepare(workspace, &venv)?;
    Ok([("LEAPP_INTEROP_VENV", venv), ("LEAPP_INTEROP_NODE", node_modules)])
}

/// Runs a test runner, passing its output on, and adds up the summaries in it.
pub(crate) fn summed(command: &mut Command) -> Outcome<Tally> {
    let mut child = command.stdout(Stdio::piped()).spawn().map_err(|e| format!("starting the tests: {e}"))?;
    let mut tally = Tally::default();
    let output = child.stdout.take().ok_or("the tests have no standard output")?;
    // Bytes, not lines of text: a test may print what is not UTF-8.
    for line in BufReader::new(output).split(b'\n') {
        let line = line.map_err(|e| format!("reading the tests' output: {e}"))?;
        let line = String::from_utf8_lossy(&line);
        println!("{line}");
        tally.read(&line);
    }
    let status = child.wait().map_err(|e| format!("waiting for the tests: {e}"))?;
    if !status.success() && !tally.has_failures() {
        println!(
            "the runner ended with {status}: something did not compile or crashed; counted as one failure"
        );
        tally.count_crash();
    }
    Ok(tally)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shell(script: &str) -> Tally {
        summed(Command::new("sh").args(["-c", script])).unwrap()
    }

    #[test]
    fn a_runner_that_dies_without_a_word_is_a_failure() {
        assert!(!shell("echo 'test result: ok. 4 passed; 0 failed; 0 ignored'; exit 101").is_green());
    }

    #[test]
    fn a_runner_that_ends_well_is_summed() {
        assert_eq!(
            shell("printf 'test result: ok. 4 passed; 0 failed; 0 ignored\\n\\377\\n'").to_string(),
            "4 passed, 0 failed"
        );
    }
}
