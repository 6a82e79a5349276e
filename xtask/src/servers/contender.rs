//! The servers that are measured, and how each is started.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use super::on_core;
use super::signed::{ACCESS_KEY_ID, SECRET_ACCESS_KEY};
use crate::Outcome;
use crate::workspace::Workspace;

/// A fake AWS, not running.
pub(super) struct Contender {
    pub(super) name: &'static str,
    program: PathBuf,
    /// `PORT` stands for the port.
    arguments: Vec<String>,
}

/// A fake AWS that runs until this is dropped.
pub(super) struct Running {
    child: Child,
    port: u16,
}

/// Ours first, then those it is compared with.
pub(super) fn all(
    workspace: &Workspace,
    testkit: PathBuf,
    roto: &Path,
    interop: &Path,
) -> Outcome<Vec<Contender>> {
    let world = world_file(workspace)?.display().to_string();
    Ok(vec![
        Contender::new("leapp-testkit", testkit, &["serve", "--quiet", "--port", "PORT", "--world", &world]),
        Contender::new(
            "roto 0.10.1",
            roto.join("bin/roto-server"),
            &["--host", "127.0.0.1", "--port", "PORT", "--ephemeral"],
        ),
        Contender::new("moto 5.2.5", interop.join("bin/moto_server"), &["-H", "127.0.0.1", "-p", "PORT"]),
    ])
}

/// The key that requests are signed with is known to ours alone: the others take any.
#[expect(clippy::disallowed_methods, reason = "a throw-away file under target/ with a made-up key")]
fn world_file(workspace: &Workspace) -> Outcome<PathBuf> {
    let file = workspace.target.join("servers-world.toml");
    let world = format!(
        "[[account]]\nid = \"123456789012\"\n\n[[user]]\naccount = \"123456789012\"\nname = \"alice\"\n\
         access_key = [{{ id = \"{ACCESS_KEY_ID}\", secret = \"{SECRET_ACCESS_KEY}\" }}]\n"
    );
    fs::write(&file, world).map_err(|e| format!("writing {}: {e}", file.display()))?;
    Ok(file)
}

impl Contender {
    fn new(name: &'static str, program: PathBuf, arguments: &[&str]) -> Self {
        Self { name, program, arguments: arguments.iter().map(|one| (*one).to_owned()).collect() }
    }

    pub(super) fn start(&self, port: u16) -> Outcome<Running> {
        self.spawn(Command::new(&self.program), port)
    }

    pub(super) fn start_on_first_core(&self, port: u16) -> Outcome<Running> {
        self.spawn(on_core(0, &self.program), port)
    }

    fn spawn(&self, mut command: Command, port: u16) -> Outcome<Running> {
        let port_text = port.to_string();
        command.args(self.arguments.iter().map(|one| one.replace("PORT", &port_text)));
        command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
        let child = command.spawn().map_err(|e| format!("starting {}: {e}", self.name))?;
        Ok(Running { child, port })
    }
}

impl Running {
    pub(super) fn port(&self) -> u16 {
        self.port
    }

    pub(super) fn process_id(&self) -> u32 {
        self.child.id()
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
