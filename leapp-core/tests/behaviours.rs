//! Each test that `BEHAVIOURS.md` names is there: a page that promises what nobody checks any more would be believed.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

const PAGE: &str = include_str!("BEHAVIOURS.md");
/// Fewer would mean that the page is no longer read as it is written.
const LEAST: usize = 50;

#[test]
fn every_test_that_the_page_names_exists() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
    let named: BTreeSet<(&str, &str)> = PAGE.lines().flat_map(tests_of).collect();
    assert!(named.len() >= LEAST, "the page names {} tests", named.len());
    let mut missing = Vec::new();
    for (file, name) in named {
        let Ok(text) = fs::read_to_string(root.join(file)) else {
            missing.push(format!("{file}, for {name}"));
            continue;
        };
        if !text.contains(&format!("fn {name}(")) {
            missing.push(format!("{file}::{name}"));
        }
    }
    assert!(missing.is_empty(), "BEHAVIOURS.md names what is not there: {missing:#?}");
}

#[test]
fn every_row_names_a_test_or_says_why_there_is_none() {
    let is_row = |line: &&str| line.starts_with("| ") && !line.contains("| held by |");
    let rows: Vec<&str> = PAGE.lines().filter(is_row).collect();
    assert!(rows.len() >= LEAST, "{} rows", rows.len());
    for row in rows {
        let says_why = ["not built yet", "not a library's"].iter().any(|reason| row.contains(reason));
        assert!(says_why || tests_of(row).next().is_some(), "{row}");
    }
}

/// The `file::function` pairs between backticks; anything else there with a colon pair is a name that was mistyped.
fn tests_of(line: &str) -> impl Iterator<Item = (&str, &str)> {
    let quoted = line.split('`').skip(1).step_by(2).filter(|text| text.contains("::"));
    quoted.filter(|text| *text != "file::function").map(|text| {
        let test = text.split_once("::").filter(|(file, _)| file.ends_with(".rs"));
        test.unwrap_or_else(|| panic!("`{text}` is no test"))
    })
}
