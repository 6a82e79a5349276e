//! The Python environment with the clients and servers of other people.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::workspace::Workspace;
use crate::{Outcome, process};

const REQUIREMENTS: &str = "xtask/interop-requirements.txt";
/// Programs that must be there afterwards.
const PROGRAMS: [&str; 6] = ["python", "moto_server", "ministack", "aws", "node", "npm"];

/// Makes `target/interop-venv`, unless it was made from the same requirements, and gives its path.
pub(crate) fn prepare(workspace: &Workspace) -> Outcome<PathBuf> {
    let requirements = workspace.root.join(REQUIREMENTS);
    let pinned = fs::read_to_string(&requirements).map_err(|e| format!("reading {REQUIREMENTS}: {e}"))?;
    let venv = workspace.target.join("interop-venv");
    let stamp = Stamp::new(&venv, &pinned);
    if stamp.is_current() && is_usable(&venv) {
        return Ok(venv);
    }
    install(&venv, &requirements)?;
    if let Some(program) = missing_program(&venv) {
        return Err(format!("{REQUIREMENTS} does not bring `{program}`"));
    }
    stamp.put()?;
    Ok(venv)
}

fn install(venv: &Path, requirements: &Path) -> Outcome<()> {
    println!("making {} from {REQUIREMENTS}", venv.display());
    process::run(Command::new("python3").args(["-m", "venv", "--clear"]).arg(venv))?;
    let python = venv.join("bin/python");
    // The file is a closure: resolving it again costs a minute and could only change it. Modules compile when imported.
    let pip = ["-m", "pip", "--disable-pip-version-check", "--quiet", "install", "--no-deps", "--no-compile"];
    process::run(Command::new(&python).args(pip).arg("--requirement").arg(requirements))?;
    process::run(Command::new(&python).args(["-m", "pip", "--disable-pip-version-check", "check"]))
}

/// Whether it is whole, and the system's Python still the one it was made with.
fn is_usable(venv: &Path) -> bool {
    missing_program(venv).is_none()
        && process::succeeds(Command::new(venv.join("bin/python")).args(["-c", "import boto3"]))
}

fn missing_program(venv: &Path) -> Option<&'static str> {
    PROGRAMS.into_iter().find(|program| !venv.join("bin").join(program).is_file())
}

/// Says what an environment was made from. Its programs name its path, so a moved one is stale.
struct Stamp {
    file: PathBuf,
    content: String,
}

impl Stamp {
    fn new(venv: &Path, pinned: &str) -> Self {
        Self { file: venv.join("made-from"), content: format!("{}\n{pinned}", venv.display()) }
    }

    fn is_current(&self) -> bool {
        fs::read_to_string(&self.file).is_ok_and(|content| content == self.content)
    }

    #[expect(
        clippy::disallowed_methods,
        reason = "a note of this tool under target/; nothing reads it but this tool"
    )]
    fn put(&self) -> Outcome<()> {
        fs::write(&self.file, &self.content).map_err(|e| format!("writing {}: {e}", self.file.display()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_changed_requirement_makes_the_stamp_stale() {
        let folder = std::env::temp_dir().join(format!("leapp-xtask-venv-{}", std::process::id()));
        fs::create_dir_all(&folder).unwrap();
        assert!(!Stamp::new(&folder, "moto==1").is_current());
        Stamp::new(&folder, "moto==1").put().unwrap();
        assert!(Stamp::new(&folder, "moto==1").is_current());
        assert!(!Stamp::new(&folder, "moto==2").is_current());
        fs::remove_dir_all(&folder).unwrap();
    }
}
