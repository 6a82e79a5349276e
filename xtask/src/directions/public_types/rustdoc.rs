//! Asking rustdoc what a crate's public interface is.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;

use crate::{Outcome, process};

/// A rustdoc that may describe an interface as JSON.
///
/// Rustdoc does so only when told to accept unstable options. Telling cargo as a whole would make it build every
/// dependency anew, so only rustdoc is told, by a script in its place.
#[derive(Debug)]
pub(super) struct Rustdoc {
    script: PathBuf,
    target: PathBuf,
}

impl Rustdoc {
    #[expect(clippy::disallowed_methods, reason = "a script of this tool under target/")]
    pub(super) fn prepare(target: &Path) -> Outcome<Self> {
        let script = target.join("rustdoc-unstable.sh");
        let failed = |e| format!("writing {}: {e}", script.display());
        fs::create_dir_all(target).map_err(failed)?;
        fs::write(&script, "#!/bin/sh\nRUSTC_BOOTSTRAP=1 exec rustdoc \"$@\"\n").map_err(failed)?;
        process::run(Command::new("chmod").arg("+x").arg(&script))?;
        Ok(Self { script, target: target.to_owned() })
    }

    /// The public interface of a package with all its features, private items left out.
    pub(super) fn describe(&self, root: &Path, package: &str, crate_name: &str) -> Outcome<Value> {
        let arguments = ["rustdoc", "--quiet", "--lib", "--all-features", "--package", package];
        let mut command = process::cargo(&arguments);
        command.args(["--", "-Zunstable-options", "--output-format=json"]);
        command.current_dir(root).env("RUSTDOC", &self.script).env("CARGO_TARGET_DIR", &self.target);
        process::run(&mut command)?;
        let file = self.target.join("doc").join(format!("{crate_name}.json"));
        let text = fs::read(&file).map_err(|e| format!("reading {}: {e}", file.display()))?;
        serde_json::from_slice(&text).map_err(|e| format!("reading {}: {e}", file.display()))
    }
}
