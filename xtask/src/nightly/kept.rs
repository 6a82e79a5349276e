//! The committed corpora: what a person wrote, and a few small inputs of those that a fuzzer found.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use super::fuzz::Target;
use crate::{Outcome, process};

/// Every build runs them again.
const MOST_FILES: usize = 80;
const MOST_BYTES: u64 = 64 << 10;

/// Minimises what is committed and what was found, and puts a part of it in the place of what was found before.
pub(super) fn renew(target: &Target) -> Outcome<()> {
    let failed = |e| format!("renewing the corpus of {}: {e}", target.name);
    let merged = target.findings.with_extension("merged");
    if merged.exists() {
        fs::remove_dir_all(&merged).map_err(failed)?;
    }
    fs::create_dir_all(&merged).map_err(failed)?;
    let mut merge = Command::new(&target.program);
    merge.args(["-merge=1", "-rss_limit_mb=2048"]).args([&merged, &target.corpus, &target.findings]);
    process::run(merge.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()))?;
    let inputs = spread(sizes(&merged).map_err(failed)?);
    if inputs.is_empty() {
        return Err(format!("renewing the corpus of {}: nothing is left of it", target.name));
    }
    for (_, old) in sizes(&target.corpus).map_err(failed)?.iter().filter(|(_, old)| is_found(old)) {
        fs::remove_file(old).map_err(failed)?;
    }
    for input in &inputs {
        let name = input.file_name().unwrap_or_default();
        fs::copy(input, target.corpus.join(name)).map_err(failed)?;
    }
    println!("{}: {} inputs are in {}", target.name, inputs.len(), target.corpus.display());
    Ok(())
}

fn sizes(folder: &Path) -> std::io::Result<Vec<(u64, PathBuf)>> {
    fs::read_dir(folder)?
        .map(|entry| entry.and_then(|entry| Ok((entry.metadata()?.len(), entry.path()))))
        .collect()
}

/// libFuzzer calls an input by its SHA-1; a person has a word for it.
fn is_found(input: &Path) -> bool {
    let name = input.file_name().unwrap_or_default().as_encoded_bytes();
    name.len() == 40 && name.iter().all(u8::is_ascii_hexdigit)
}

/// Some of every size, as far as there is room: the smallest alone would never get behind the first check.
fn spread(mut inputs: Vec<(u64, PathBuf)>) -> Vec<PathBuf> {
    inputs.sort();
    let step = inputs.len().div_ceil(MOST_FILES).max(1);
    let mut bytes = 0;
    let has_room = |(size, _): &(u64, PathBuf)| {
        bytes += size;
        bytes <= MOST_BYTES
    };
    inputs.into_iter().step_by(step).take_while(has_room).map(|(_, path)| path).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn input(size: u64) -> (u64, PathBuf) {
        (size, PathBuf::from(size.to_string()))
    }

    #[test]
    fn some_of_every_size_are_kept_as_far_as_there_is_room() {
        let kept = spread(vec![input(MOST_BYTES), input(2), input(MOST_BYTES - 2)]);
        assert_eq!(kept, [PathBuf::from("2"), PathBuf::from((MOST_BYTES - 2).to_string())]);
        let many: Vec<_> = (1..=MOST_FILES as u64 * 3).map(input).collect();
        let kept = spread(many);
        assert_eq!((kept.len(), &kept[1]), (MOST_FILES, &PathBuf::from("4")));
    }

    #[test]
    fn what_a_person_wrote_is_not_what_was_found() {
        assert!(!is_found(Path::new("corpus/sound")));
        assert!(is_found(Path::new("corpus/da39a3ee5e6b4b0d3255bfef95601890afd80709")));
    }
}
