//! Other people's clients, run to their end by a test.

use std::fs::File;
use std::path::PathBuf;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::thread::sleep;
use std::time::Duration;

pub(crate) const PAUSE: Duration = Duration::from_millis(20);
/// A minute: the first start after an installation compiles many Python modules, on a machine that may be busy.
pub(crate) const PAUSES: u32 = 3_000;

/// How a client ended and what it wrote.
#[derive(Debug)]
pub(crate) struct Ended {
    pub(crate) status: ExitStatus,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

impl Ended {
    /// What it said, or what it complained of.
    pub(crate) fn said(self) -> Result<String, String> {
        if self.status.success() { Ok(self.stdout) } else { Err(self.stderr) }
    }
}

/// Runs a Python script with boto3 at hand; the environment holds `env` and nothing of the test's own.
pub(crate) fn python(script: &str, arguments: &[&str], env: &[(&str, &str)]) -> Ended {
    run(tool("python").args(["-c", script]).args(arguments), env)
}

/// Runs an ECMAScript module with the AWS SDK for JavaScript at hand; the environment holds `env` and nothing of the
/// test's own.
pub(crate) fn javascript(script: &str, arguments: &[&str], env: &[(&str, &str)]) -> Ended {
    let mut node = tool("node");
    node.args(["--input-type=module", "--eval", script, "--"]).args(arguments);
    // A module of the command line finds its own only below the working directory, which is the client's home.
    run(node.env("MODULES", modules()), env)
}

/// The packages for Node that `cargo xtask test` installs.
pub(crate) fn modules() -> PathBuf {
    let folder = std::env::var_os("LEAPP_INTEROP_NODE").map(PathBuf::from);
    let folder = folder.expect("LEAPP_INTEROP_NODE: outside checks are run by `cargo xtask test`");
    let modules = folder.join("node_modules");
    assert!(modules.is_dir(), "{} is missing: `cargo xtask test` installs it", modules.display());
    modules
}

/// Runs the AWS CLI; the environment holds `env` and nothing of the test's own.
pub(crate) fn aws_cli(arguments: &[&str], env: &[(&str, &str)]) -> Ended {
    run(tool("aws").args(arguments), env)
}

/// A program of the virtual environment that `cargo xtask test` makes, with an empty environment.
pub(crate) fn tool(name: &str) -> Command {
    let program = program(name);
    let path = format!("{}:/usr/bin:/bin", program.parent().expect("a folder of programs").display());
    let mut command = Command::new(program);
    command.env_clear().env("PATH", path).env("PYTHONUNBUFFERED", "1");
    command
}

/// Where that program is.
pub(crate) fn program(name: &str) -> PathBuf {
    let venv = std::env::var_os("LEAPP_INTEROP_VENV").map(PathBuf::from);
    let venv = venv.expect("LEAPP_INTEROP_VENV: outside checks are run by `cargo xtask test`");
    let program = venv.join("bin").join(name);
    assert!(program.is_file(), "{} is missing: `cargo xtask test` installs it", program.display());
    program
}

/// Runs a client to its end, or kills it when that takes longer than a minute.
pub(crate) fn run(command: &mut Command, env: &[(&str, &str)]) -> Ended {
    let home = home();
    let [stdout, stderr] = ["stdout", "stderr"].map(|name| home.path().join(name));
    command.env("HOME", home.path()).env("AWS_EC2_METADATA_DISABLED", "true").env("AWS_PAGER", "");
    command.envs(env.iter().copied()).current_dir(home.path()).stdin(Stdio::null());
    // Files, not pipes: a client that writes much never waits for a reader.
    command.stdout(File::create(&stdout).expect("a file for its output"));
    command.stderr(File::create(&stderr).expect("a file for its errors"));
    let mut child = command.spawn().unwrap_or_else(|e| panic!("starting {command:?}: {e}"));
    let status = wait(&mut child);
    let [stdout, stderr] = [stdout, stderr].map(|file| std::fs::read(file).expect("what it wrote"));
    let [stdout, stderr] = [stdout, stderr].map(|text| String::from_utf8_lossy(&text).trim().to_owned());
    Ended {
        status: status.unwrap_or_else(|| panic!("killed after a minute: {stdout}\n{stderr}")),
        stdout,
        stderr,
    }
}

fn wait(child: &mut Child) -> Option<ExitStatus> {
    for _ in 0..PAUSES {
        if let Some(status) = child.try_wait().expect("asking for a client's state") {
            return Some(status);
        }
        sleep(PAUSE);
    }
    child.kill().expect("killing a client that hangs");
    child.wait().expect("waiting for a killed client");
    None
}

pub(crate) fn home() -> tempfile::TempDir {
    tempfile::tempdir().expect("a temporary folder")
}
