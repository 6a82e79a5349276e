//! The Python environments with the clients and servers of other people.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::workspace::Workspace;
use crate::{Outcome, process};

/// What an environment is made from, and what must be there afterwards.
struct Recipe {
    folder: &'static str,
    requirements: &'static str,
    programs: &'static [&'static str],
    /// What its Python must be able to do.
    proof: &'static str,
}

const INTEROP: Recipe = Recipe {
    folder: "interop-venv",
    requirements: "xtask/interop-requirements.txt",
    programs: &["python", "moto_server", "ministack", "nanoidp", "aws", "node", "npm"],
    proof: "import boto3",
};
/// A program in a wheel's clothing: it needs nothing of Python.
const ROTO: Recipe = Recipe {
    folder: "roto-venv",
    requirements: "xtask/roto-requirements.txt",
    programs: &["python", "roto-server"],
    proof: "",
};

/// Makes `target/interop-venv`, unless it was made from the same requirements, and gives its path.
pub(crate) fn prepare(workspace: &Workspace) -> Outcome<PathBuf> {
    INTEROP.prepare(workspace)
}

/// Makes `target/roto-venv` in the same way.
pub(crate) fn prepare_roto(workspace: &Workspace) -> Outcome<PathBuf> {
    ROTO.prepare(workspace)
}

impl Recipe {
    fn prepare(&self, workspace: &Workspace) -> Outcome<PathBuf> {
        let named = self.requirements;
        let requirements = workspace.root.join(named);
        let pinned = fs::read_to_string(&requirements).map_err(|e| format!("reading {named}: {e}"))?;
        let venv = workspace.target.join(self.folder);
        let stamp = Stamp::new(&venv, &pinned);
        if stamp.is_current() && self.is_usable(&venv) {
            return Ok(venv);
        }
        println!("making {} from {named}", venv.display());
        install(&venv, &requirements)?;
        if let Some(program) = self.missing_program(&venv) {
            return Err(format!("{named} does not bring `{program}`"));
        }
        stamp.put()?;
        Ok(venv)
    }

    /// Whether it is whole, and the system's Python still the one it was made with.
    fn is_usable(&self, venv: &Path) -> bool {
        self.missing_program(venv).is_none()
            && process::succeeds(Command::new(venv.join("bin/python")).args(["-c", self.proof]))
    }

    fn missing_program(&self, venv: &Path) -> Option<&'static str> {
        self.programs.iter().copied().find(|program| !venv.join("bin").join(program).is_file())
    }
}

fn install(venv: &Path, requirements: &Path) -> Outcome<()> {
    process::run(Command::new("python3").args(["-m", "venv", "--clear"]).arg(venv))?;
    let python = venv.join("bin/python");
    // The file is a closure: resolving it again costs a minute and could only change it. Modules compile when imported.
    let pip = ["-m", "pip", "--disable-pip-version-check", "--quiet", "install", "--no-deps", "--no-compile"];
    process::run(Command::new(&python).args(pip).arg("--requirement").arg(requirements))?;
    process::run(Command::new(&python).args(["-m", "pip", "--disable-pip-version-check", "check"]))
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
