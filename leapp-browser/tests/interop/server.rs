//! Servers that others wrote. Each finds a free port on loopback for itself, and says where it is.

use std::fs::File;
use std::io::{Read, Write};
use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread::sleep;
use std::time::Duration;

use tempfile::TempDir;

/// A minute: after an installation the first start compiles many Python modules, on a machine that may be busy.
const LOOKS: u32 = 6000;
const BETWEEN_LOOKS: Duration = Duration::from_millis(10);
/// So often a server that says nothing is asked for a page.
const ASKED: u32 = 5;
const SCHEME: &str = "http://127.0.0.1:";

/// Stopped when dropped, or after five minutes.
pub(crate) struct Server {
    child: Child,
    /// `http://127.0.0.1:PORT`.
    pub(crate) origin: String,
    /// Where it runs, with all that it keeps.
    _home: TempDir,
}

impl Server {
    /// Starts a program in a folder, with this environment and nothing of the test's own.
    pub(crate) fn start(home: TempDir, program: &Path, arguments: &[&str], env: &[(&str, &str)]) -> Self {
        assert!(program.is_file(), "{} is missing: `cargo xtask test` installs it", program.display());
        let log = home.path().join("log");
        let file = File::create(&log).unwrap();
        let mut command = Command::new("timeout");
        command.args(["--kill-after=5", "300"]).arg(program).args(arguments);
        command
            .env_clear()
            .env("PATH", "/usr/bin:/bin")
            .env("PYTHONUNBUFFERED", "1")
            .envs(env.iter().copied());
        command.env("HOME", home.path()).env("TMPDIR", home.path()).current_dir(home.path());
        command.stdin(Stdio::null()).stdout(file.try_clone().unwrap()).stderr(file);
        let mut server = Self { child: command.spawn().unwrap(), origin: String::new(), _home: home };
        server.origin = server.said_origin(&log);
        server
    }

    /// What one of its pages says to who has no cookies.
    ///
    /// PHP's own server now and then closes a connection without a word, and answers on the next.
    pub(crate) fn document(&self, path: &str) -> String {
        for _ in 0..ASKED {
            let answer = self.answer(path);
            if let Some((head, document)) = answer.split_once("\r\n\r\n") {
                assert!(head.lines().next().unwrap().contains(" 200 "), "{head}\n{document}");
                return document.to_owned();
            }
            assert_eq!(answer, "", "half an answer");
            sleep(BETWEEN_LOOKS);
        }
        panic!("it closes every connection without a word");
    }

    fn answer(&self, path: &str) -> String {
        let host = self.origin.strip_prefix("http://").unwrap();
        let mut stream = TcpStream::connect(host).unwrap();
        stream.set_read_timeout(Some(Duration::from_secs(60))).unwrap();
        // The older version, which knows no chunks.
        write!(stream, "GET {path} HTTP/1.0\r\nHost: {host}\r\nConnection: close\r\n\r\n").unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        answer
    }

    fn said_origin(&mut self, log: &Path) -> String {
        for _ in 0..LOOKS {
            let said = std::fs::read_to_string(log).unwrap();
            if let Some(origin) = origin(&said) {
                return origin;
            }
            let ended = self.child.try_wait().unwrap();
            assert!(ended.is_none(), "it ended: {said}");
            sleep(BETWEEN_LOOKS);
        }
        panic!("it does not say where it is; {}", std::fs::read_to_string(log).unwrap());
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // `timeout` passes a termination on, and could not pass on being killed.
        let _ = Command::new("kill").arg(self.child.id().to_string()).status();
        let _ = self.child.wait();
    }
}

/// The first address on loopback with a port, once what follows shows that the port is whole.
fn origin(said: &str) -> Option<String> {
    let rest = &said[said.find(SCHEME)? + SCHEME.len()..];
    let end = rest.find(|character: char| !character.is_ascii_digit())?;
    Some(format!("{SCHEME}{}", &rest[..end]))
}

/// A folder that `cargo xtask test` made, with what others wrote.
#[expect(clippy::disallowed_methods, reason = "a test is told by the environment where the components are")]
pub(crate) fn installed(name: &str) -> PathBuf {
    let folder = std::env::var_os(name).map(PathBuf::from);
    folder.unwrap_or_else(|| panic!("{name}: outside checks are run by `cargo xtask test`"))
}

#[test]
fn an_address_is_read_when_it_is_whole() {
    for (said, read) in [
        ("", None),
        ("Issuer: http://127.0.0.1", None),
        ("at http://127.0.0.1:43", None),
        ("at http://127.0.0.1:4319\n", Some("http://127.0.0.1:4319")),
        ("(http://127.0.0.1:80) started", Some("http://127.0.0.1:80")),
    ] {
        assert_eq!(origin(said).as_deref(), read, "{said}");
    }
}
