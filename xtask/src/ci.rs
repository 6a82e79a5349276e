//! `cargo xtask ci`: everything that must hold before a change is merged.

use std::time::Duration;

use crate::stopwatch::timed;
use crate::workspace::Workspace;
use crate::{Outcome, credentials_file, deny, directions, malformed_files, process, test};

/// A step that has run: its name, how long it took, and why it failed if it did.
type Row = (&'static str, Duration, Option<String>);

/// Runs every step, also behind one that failed, so that one run tells all there is to repair.
///
/// The last line printed is the sum over all tests.
pub(crate) fn run(workspace: &Workspace) -> Outcome<bool> {
    let mut rows: Vec<Row> = Vec::new();
    let mut step = |name: &'static str, run: &mut dyn FnMut() -> Outcome<()>| {
        println!("== {name}");
        let (outcome, duration) = timed(run);
        let failure = outcome.err();
        if let Some(reason) = &failure {
            println!("{name} failed: {reason}");
        }
        rows.push((name, duration, failure));
    };

    step("format", &mut || cargo(workspace, &["fmt", "--all", "--check"]));
    step("lints", &mut || lints(workspace));
    step("docs", &mut || docs(workspace));
    step("directions", &mut || directions::run(workspace));
    step("licences, bans, sources", &mut || deny::run(workspace));
    step("benches, once", &mut || {
        credentials_file::run(workspace, &["test", "--package", "leapp-benches", "--benches"])
    });
    step("malformed files", &mut || malformed_files::run(workspace));
    let mut sum = None;
    step("test", &mut || {
        let tally = test::run(workspace)?;
        sum = Some(tally);
        if tally.is_green() { Ok(()) } else { Err(tally.to_string()) }
    });

    println!("{}", table(&rows));
    match sum {
        Some(tally) => println!("{tally}"),
        None => println!("the tests did not run"),
    }
    Ok(rows.iter().all(|(_, _, failure)| failure.is_none()))
}

fn lints(workspace: &Workspace) -> Outcome<()> {
    cargo(workspace, &["clippy", "--workspace", "--all-targets", "--all-features", "--", "-Dwarnings"])?;
    // Alone and without tests: other members and dev-dependencies would turn the features on again.
    let bare = ["clippy", "--package", "leapp-core", "--no-default-features"];
    cargo(workspace, &[&bare[..], &["--", "-Dwarnings"]].concat())?;
    cargo(workspace, &[&bare[..], &["--features=driver", "--", "-Dwarnings"]].concat())
}

fn docs(workspace: &Workspace) -> Outcome<()> {
    let mut doc =
        process::cargo(&["doc", "--workspace", "--all-features", "--no-deps", "--document-private-items"]);
    process::run(doc.current_dir(&workspace.root).env("RUSTDOCFLAGS", "-Dwarnings"))
}

fn cargo(workspace: &Workspace, arguments: &[&str]) -> Outcome<()> {
    process::run(process::cargo(arguments).current_dir(&workspace.root))
}

fn table(rows: &[Row]) -> String {
    let mut lines = vec!["\n| step | seconds | outcome |\n| --- | ---: | --- |".to_owned()];
    lines.extend(rows.iter().map(|(name, duration, failure)| {
        let outcome = if failure.is_none() { "ok" } else { "FAILED" };
        format!("| {name} | {:.0} | {outcome} |", duration.as_secs_f64())
    }));
    let total: f64 = rows.iter().map(|(_, duration, _)| duration.as_secs_f64()).sum();
    lines.push(format!("| all | {total:.0} | |"));
    lines.join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_tells_what_failed_and_the_sum() {
        let rows: [Row; 2] =
            [("a", Duration::from_secs(2), None), ("b", Duration::from_secs(3), Some("broken".into()))];
        let table = table(&rows);
        assert!(table.contains("| a | 2 | ok |"));
        assert!(table.contains("| b | 3 | FAILED |"));
        assert!(table.ends_with("| all | 5 | |"));
    }
}
