//! The README's table names the tests that hold its cells: no name may stand there that is no test.
#![expect(clippy::unwrap_used, reason = "a failed test says where")]

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

const HEADING: &str = "## What it checks, beside moto";

/// The rows of the first table under the heading, as cells.
fn rows(readme: &str) -> Vec<Vec<String>> {
    let section = readme.split_once(HEADING).unwrap().1;
    let lines =
        section.lines().skip_while(|line| !line.starts_with('|')).take_while(|line| line.starts_with('|'));
    let cells = |line: &str| line.trim_matches('|').split('|').map(|cell| cell.trim().to_owned()).collect();
    // Behind the head and the rule under it.
    lines.skip(2).map(cells).collect()
}

/// What stands between backticks.
fn names(cell: &str) -> Vec<&str> {
    cell.split('`').skip(1).step_by(2).collect()
}

/// The functions that are tests: behind an attribute that says so, or with the lab of `on_both_fronts!`.
fn tests(source: &str) -> impl Iterator<Item = &str> {
    let lines: Vec<&str> = source.lines().map(str::trim).collect();
    let is_marked = move |number: usize| {
        let mut above = lines[..number].iter().rev().take_while(|line| line.starts_with("#["));
        above.any(|line| line.starts_with("#[test]") || line.starts_with("#[tokio::test"))
    };
    source.lines().enumerate().filter_map(move |(number, line)| {
        let (name, rest) = line.trim().trim_start_matches("async ").strip_prefix("fn ")?.split_once('(')?;
        (rest.starts_with("lab) {") || is_marked(number)).then_some(name)
    })
}

fn tests_below(folder: &Path, found: &mut BTreeSet<String>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            tests_below(&path, found);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            found.extend(tests(&fs::read_to_string(path).unwrap()).map(str::to_owned));
        }
    }
}

#[test]
fn every_check_in_the_table_is_held_by_tests_that_exist() {
    let kit = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut tests = BTreeSet::new();
    tests_below(&kit.join("tests"), &mut tests);
    let rows = rows(&fs::read_to_string(kit.join("README.md")).unwrap());

    assert!(rows.len() > 30, "{} rows", rows.len());
    for row in rows {
        let held_by = names(row.last().unwrap());
        assert_eq!(row.len(), 3, "{row:?}");
        assert!(!held_by.is_empty(), "no test holds {row:?}");
        for name in held_by {
            assert!(tests.contains(name), "{name} is no test");
        }
    }
}

#[test]
fn only_what_runs_as_a_test_counts_as_one() {
    let source = "
        #[test]
        fn one() {}
        #[tokio::test(flavor = \"multi_thread\")]
        #[expect(unused)]
        async fn two() {}
        async fn three(lab) {
        fn four() {}
        async fn five(lab: &Lab) {}
        // fn six() {}
    ";

    assert_eq!(tests(source).collect::<Vec<_>>(), ["one", "two", "three"]);
    assert_eq!(names("`one`, `two` or three"), ["one", "two"]);
}
