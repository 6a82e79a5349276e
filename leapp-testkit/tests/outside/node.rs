//! Node, with the packages that `cargo xtask test` installed: a module run to its end, or a server.

use std::io::{BufRead, BufReader, Read, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdout, Command, Output, Stdio};

use tempfile::TempDir;

/// Runs a module of this folder to its end, or ends it after a minute; its input is what it reads.
pub(crate) fn run(module: &str, input: &str) -> Output {
    let home = tempfile::tempdir().unwrap();
    let mut child = command(module, home.path(), 60).stdin(Stdio::piped()).spawn().unwrap();
    child.stdin.take().unwrap().write_all(input.as_bytes()).unwrap();
    child.wait_with_output().unwrap()
}

/// A server that says on its first line where it is. Stopped when dropped, or after five minutes.
pub(crate) struct Server {
    child: Child,
    said: BufReader<ChildStdout>,
    _home: TempDir,
}

impl Server {
    pub(crate) fn start(module: &str, env: &[(&str, &str)]) -> Self {
        let home = tempfile::tempdir().unwrap();
        let mut child = command(module, home.path(), 300).envs(env.iter().copied()).spawn().unwrap();
        let said = BufReader::new(child.stdout.take().unwrap());
        Self { child, said, _home: home }
    }

    /// The next line that it prints.
    pub(crate) fn line(&mut self) -> String {
        let mut line = String::new();
        self.said.read_line(&mut line).unwrap();
        if !line.ends_with('\n') {
            let mut why = String::new();
            self.child.stderr.take().unwrap().read_to_string(&mut why).unwrap();
            panic!("it ended: {why}");
        }
        line.trim_end().to_owned()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // `timeout` passes a termination on, and could not pass on being killed.
        let _ = Command::new("kill").arg(self.child.id().to_string()).status();
        let _ = self.child.wait();
    }
}

fn command(module: &str, home: &Path, seconds: u32) -> Command {
    let modules = installed("LEAPP_INTEROP_NODE").join("node_modules");
    assert!(modules.is_dir(), "{} is missing: `cargo xtask test` installs it", modules.display());
    let node = installed("LEAPP_INTEROP_VENV").join("bin/node");
    assert!(node.is_file(), "{} is missing: `cargo xtask test` installs it", node.display());
    let mut command = Command::new("timeout");
    command.args(["--kill-after=5", &seconds.to_string()]).arg(node);
    command.arg(format!("{}/tests/outside/{module}", env!("CARGO_MANIFEST_DIR")));
    command.env_clear().env("PATH", "/usr/bin:/bin").env("HOME", home).env("TMPDIR", home);
    command.env("MODULES", modules).current_dir(home);
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    command
}

#[expect(clippy::disallowed_methods, reason = "a test is told by the environment where the components are")]
fn installed(name: &str) -> PathBuf {
    let folder = std::env::var_os(name).map(PathBuf::from);
    folder.unwrap_or_else(|| panic!("{name}: outside checks are run by `cargo xtask test`"))
}
