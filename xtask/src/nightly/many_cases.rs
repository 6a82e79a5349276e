//! Property tests, the engine's simulation and the tests that kill processes, with many more cases than in a build.

use std::time::Duration;

use super::Found;
use super::options::Options;
use super::report::Section;
use crate::stopwatch::timed;
use crate::tally::Tally;
use crate::workspace::Workspace;
use crate::{Outcome, process, test};

/// Tests that take their number of cases from `leapp_testkit::cases`.
struct Suite {
    what: &'static str,
    /// In a build, for each test; the tests that have others are named.
    cases: &'static [(&'static str, u32)],
    arguments: &'static [&'static str],
}

const SUITES: [Suite; 10] = [
    Suite {
        what: "engine simulation",
        cases: &[("seeds of 400 steps", 300), ("seeds of 200 steps, then repair", 300)],
        arguments: &["--package", "leapp-core", "--lib", "--", "simulation"],
    },
    Suite {
        what: "names",
        cases: &[("texts", 1000)],
        arguments: &["--package", "leapp-core", "--test", "names"],
    },
    Suite {
        what: "edits of the credentials file",
        cases: &[("files and changes", 4000)],
        arguments: &["--package", "leapp-store-ini", "--lib", "--", "edit::"],
    },
    Suite {
        what: "credentials file",
        cases: &[
            ("texts", 2000),
            ("files beside the SDK's parser", 2000),
            ("batches written", 12),
            ("writers killed", 200),
            ("writes beside a foreign one", 120),
        ],
        arguments: &["--package", "leapp-store-ini", "--test", "store"],
    },
    Suite {
        what: "durability of the credentials file",
        cases: &[
            ("writers killed in memory", 18000),
            ("writers killed on a disk", 2000),
            ("writes beside the AWS CLI", 2000),
            ("states after a power loss", 300_000),
        ],
        arguments: &[
            "--package",
            "leapp-store-ini",
            "--features",
            "interop",
            "--test",
            "durability",
            "--",
            "--nocapture",
        ],
    },
    Suite {
        what: "random requests to the fake AWS",
        cases: &[("requests", 256), ("world files", 256)],
        arguments: &["--package", "leapp-testkit", "--lib", "--", "random_requests"],
    },
    Suite {
        what: "Identity Center",
        cases: &[("orders of calls", 64)],
        arguments: &["--package", "leapp-testkit", "--test", "identity_center", "--", "properties"],
    },
    Suite {
        what: "values in chunks",
        cases: &[("writers and readers", 400)],
        arguments: &["--package", "leapp-vault", "--lib", "--", "layout::"],
    },
    Suite {
        what: "sealed file",
        cases: &[("writers killed", 500), ("damaged files", 300)],
        arguments: &["--package", "leapp-vault", "--test", "sealed"],
    },
    Suite {
        what: "sealed files that lie",
        cases: &[("files", 2000)],
        arguments: &["--package", "leapp-vault", "--lib", "--", "sealed::"],
    },
];

pub(super) fn run(workspace: &Workspace, options: &Options) -> Outcome<Found> {
    let Options { seed, times, .. } = options;
    let components = test::components(workspace)?;
    let mut rows = Vec::new();
    for suite in &SUITES {
        println!("== {}", suite.what);
        let mut command = process::cargo(&["test", "--quiet"]);
        command.args(suite.arguments).current_dir(&workspace.root).envs(components.clone());
        command.env("LEAPP_CASES_TIMES", times.to_string());
        command.env("LEAPP_SEED", seed.to_string()).env("PROPTEST_RNG_SEED", seed.to_string());
        let (tally, time) = timed(|| test::summed(&mut command));
        rows.push((suite, tally?, time));
    }
    let section = Section {
        title: "Tests with many cases",
        command: format!("cargo xtask nightly --only tests --times {times} --seed {seed}"),
        body: format!("{times} times the cases of a build, seed {seed}.\n\n{}", table(&rows, *times)),
    };
    Ok(Found { section, is_sound: rows.iter().all(|(_, tally, _)| tally.is_green()) })
}

fn table(rows: &[(&Suite, Tally, Duration)], times: u32) -> String {
    let mut lines =
        vec!["| tests | cases | seconds | result |".to_owned(), "| --- | --- | ---: | --- |".to_owned()];
    lines.extend(rows.iter().map(|(suite, tally, time)| {
        let cases = suite.cases.iter().map(|(what, count)| format!("{} {what}", count * times));
        let cases = cases.collect::<Vec<_>>().join(", ");
        format!("| {} | {cases} | {:.0} | {tally} |", suite.what, time.as_secs_f64())
    }));
    lines.join("\n")
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    #[test]
    fn a_row_counts_the_cases_of_a_night() {
        let mut tally = Tally::default();
        tally.read("test result: ok. 3 passed; 0 failed; 0 ignored");
        let table = table(&[(&SUITES[1], tally, Duration::from_secs(7))], 20);
        assert!(table.ends_with("| names | 20000 texts | 7 | 3 passed, 0 failed |"), "{table}");
    }

    #[test]
    fn the_counts_are_those_in_the_tests() {
        let root = Workspace::load().unwrap().root;
        for (file, counts) in [
            ("leapp-core/src/engine/tests/simulation.rs", &[300][..]),
            ("leapp-core/tests/names.rs", &[1000]),
            ("leapp-store-ini/src/edit/tests.rs", &[4000]),
            ("leapp-store-ini/tests/store/document.rs", &[2000]),
            ("leapp-store-ini/tests/store/aws_parser.rs", &[2000]),
            ("leapp-store-ini/tests/store/restore.rs", &[12]),
            ("leapp-store-ini/tests/store/crash.rs", &[200]),
            ("leapp-store-ini/tests/store/foreign_writers.rs", &[120]),
            ("leapp-store-ini/tests/durability/kills.rs", &[18000, 2000]),
            ("leapp-store-ini/tests/durability/power_loss/ours.rs", &[300_000]),
            ("leapp-store-ini/tests/durability/race.rs", &[2000]),
            ("leapp-testkit/src/aws/random_requests.rs", &[256]),
            ("leapp-testkit/tests/identity_center/properties.rs", &[64]),
            ("leapp-vault/src/layout/tests.rs", &[400]),
        ] {
            let text = fs::read_to_string(root.join(file)).unwrap();
            for count in counts {
                assert!(text.contains(&format!("times_as_many({count})")), "{file}: {count}");
            }
        }
    }
}
