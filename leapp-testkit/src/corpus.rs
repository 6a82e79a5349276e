//! The inputs that a fuzzer kept, run again as an ordinary test.

use std::fs;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};

/// Runs a target on every file of a folder.
///
/// ```
/// use std::fs;
///
/// let folder = tempfile::tempdir()?;
/// fs::copy("Cargo.toml", folder.path().join("input"))?;
/// leapp_testkit::corpus::replay(folder.path(), |bytes| assert!(bytes.starts_with(b"[package]")));
/// # Ok::<(), std::io::Error>(())
/// ```
///
/// # Panics
/// When the target panics on one, with the names of all such files; when the folder cannot be read or is empty.
pub fn replay(folder: &Path, target: impl Fn(&[u8])) {
    let inputs = inputs(folder);
    assert!(!inputs.is_empty(), "{} has no inputs", folder.display());
    let broken: Vec<PathBuf> = inputs.into_iter().filter(|input| !is_sound(input, &target)).collect();
    assert!(broken.is_empty(), "the target panics on {broken:?}");
}

#[expect(clippy::panic, reason = "it is a test's check: a folder that cannot be read is a failure")]
fn inputs(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).and_then(Iterator::collect::<Result<Vec<_>, _>>);
    let entries = entries.unwrap_or_else(|error| panic!("reading {}: {error}", folder.display()));
    let mut inputs: Vec<PathBuf> = entries.into_iter().map(|entry| entry.path()).collect();
    inputs.sort();
    inputs
}

#[expect(clippy::panic, reason = "it is a test's check: an input that cannot be read is a failure")]
fn is_sound(input: &Path, target: impl Fn(&[u8])) -> bool {
    let bytes = fs::read(input).unwrap_or_else(|error| panic!("reading {}: {error}", input.display()));
    catch_unwind(AssertUnwindSafe(|| target(&bytes))).is_ok()
}

#[cfg(test)]
mod tests {
    use std::io::Write as _;

    use super::*;

    fn folder(inputs: &[&str]) -> tempfile::TempDir {
        let folder = tempfile::tempdir().unwrap();
        for input in inputs {
            fs::File::create(folder.path().join(input)).unwrap().write_all(input.as_bytes()).unwrap();
        }
        folder
    }

    fn outcome(inputs: &[&str]) -> Result<(), String> {
        let folder = folder(inputs);
        let target = |bytes: &[u8]| assert!(bytes != b"bad" && bytes != b"worse");
        let outcome = catch_unwind(AssertUnwindSafe(|| replay(folder.path(), target)));
        outcome.map_err(|panic| panic.downcast_ref::<String>().cloned().unwrap_or_default())
    }

    #[test]
    fn every_input_on_which_the_target_panics_is_named() {
        assert_eq!(outcome(&["good"]), Ok(()));
        let message = outcome(&["bad", "good", "worse"]).unwrap_err();
        assert!(message.contains("/bad\"") && message.contains("/worse\"") && !message.contains("good"));
    }

    #[test]
    fn a_corpus_that_is_empty_or_missing_is_a_failure() {
        assert!(outcome(&[]).unwrap_err().ends_with("has no inputs"));
        let missing = folder(&[]).path().join("missing");
        assert!(catch_unwind(|| replay(&missing, |_| {})).is_err());
    }
}
