//! The committed corpora: few and small inputs that reach what all of them reach.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use super::fuzz::Target;
use crate::{Outcome, process};

/// Every build runs them again.
const MOST_FILES: usize = 150;
const MOST_BYTES: u64 = 64 << 10;

/// Minimises what is committed and what was found, and commits to the smallest of it.
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
    let inputs = smallest(sizes(&merged).map_err(failed)?);
    if inputs.is_empty() {
        return Err(format!("renewing the corpus of {}: nothing is left of it", target.name));
    }
    fs::remove_dir_all(&target.corpus).map_err(failed)?;
    fs::create_dir_all(&target.corpus).map_err(failed)?;
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

fn smallest(mut inputs: Vec<(u64, PathBuf)>) -> Vec<PathBuf> {
    inputs.sort();
    let mut bytes = 0;
    let is_in = |(size, _): &(u64, PathBuf)| {
        bytes += size;
        bytes <= MOST_BYTES
    };
    inputs.into_iter().take(MOST_FILES).take_while(is_in).map(|(_, path)| path).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_smallest_are_kept_as_far_as_there_is_room() {
        let input = |size: u64| (size, PathBuf::from(size.to_string()));
        let kept = smallest(vec![input(MOST_BYTES), input(2), input(MOST_BYTES - 2)]);
        assert_eq!(kept, [PathBuf::from("2"), PathBuf::from((MOST_BYTES - 2).to_string())]);
        assert_eq!(smallest(vec![input(1); MOST_FILES + 1]).len(), MOST_FILES);
    }
}
