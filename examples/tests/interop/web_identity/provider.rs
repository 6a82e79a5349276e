//! The OIDC provider, in a process of its own, and a program that logs in at it.

use std::ffi::OsString;
use std::io::{BufRead, BufReader, Read};
use std::path::PathBuf;
use std::process::{Child, ChildStdout, Stdio};

use leapp_core::Command;

use crate::clients::{modules, program};

/// Stopped when dropped, or after five minutes.
pub(super) struct Provider {
    child: Child,
    pub(super) issuer: String,
    /// As it publishes them.
    pub(super) keys: String,
    /// Kept: it ends when nobody reads what else it prints.
    _said: BufReader<ChildStdout>,
    _home: tempfile::TempDir,
}

impl Provider {
    pub(super) fn start() -> Self {
        let home = crate::clients::home();
        let mut command = std::process::Command::new("timeout");
        command.args(["--kill-after=5", "300"]).arg(program("node")).arg(script("provider.mjs"));
        command.env_clear().env("PATH", "/usr/bin:/bin").env("HOME", home.path()).env("MODULES", modules());
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped()).current_dir(home.path());
        let mut child = command.spawn().unwrap();
        let mut said = BufReader::new(child.stdout.take().unwrap());
        let [issuer, keys] = [(); 2].map(|()| line(&mut child, &mut said));
        Self { child, issuer, keys, _said: said, _home: home }
    }

    /// Prints an ID token of alice's for a client.
    pub(super) fn login(&self, client: &str) -> Command {
        let arguments =
            [script("login.mjs").into(), OsString::from(&self.issuer), client.into(), "alice".into()];
        Command::new(program("node"), arguments)
    }
}

impl Drop for Provider {
    fn drop(&mut self) {
        // `timeout` passes a termination on, and could not pass on being killed.
        let _ = std::process::Command::new("kill").arg(self.child.id().to_string()).status();
        let _ = self.child.wait();
    }
}

fn script(name: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/interop/web_identity").join(name)
}

fn line(child: &mut Child, said: &mut BufReader<ChildStdout>) -> String {
    let mut line = String::new();
    said.read_line(&mut line).unwrap();
    if !line.ends_with('\n') {
        let mut why = String::new();
        child.stderr.take().unwrap().read_to_string(&mut why).unwrap();
        panic!("it ended: {why}");
    }
    line.trim_end().to_owned()
}
