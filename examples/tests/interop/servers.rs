//! Other people's servers and clients, started and stopped by a test.

use std::fs::File;
use std::io::{Read, Write};
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::thread::sleep;
use std::time::Duration;

const PAUSE: Duration = Duration::from_millis(20);
/// A minute: the first start after an installation compiles many Python modules, on a machine that may be busy.
const PAUSES: u32 = 3_000;
/// A port found free may be taken before the server binds it.
const STARTS: u32 = 3;

/// A moto server: knows every STS call and accepts nearly anything.
#[derive(Debug)]
pub(crate) struct Moto(Server);

/// A ministack server that checks signatures, session tokens, expiry and trust policies.
///
/// Its administrator's access key is `test`, whose signatures it does not check: use it only to make IAM users, whose
/// signatures it does.
#[derive(Debug)]
pub(crate) struct Ministack(Server);

/// How a client ended and what it wrote.
#[derive(Debug)]
pub(crate) struct Ended {
    pub(crate) status: ExitStatus,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

impl Moto {
    pub(crate) fn start() -> Self {
        Self(Server::start("moto", "/moto-api/data.json", |port| {
            let mut command = tool("moto_server");
            command.args(["-H", "127.0.0.1", "-p", &port.to_string()]);
            command
        }))
    }

    /// The URL for `AWS_ENDPOINT_URL`.
    pub(crate) fn endpoint(&self) -> String {
        self.0.endpoint()
    }
}

impl Ministack {
    pub(crate) fn start() -> Self {
        Self(Server::start("ministack", "/_ministack/health", |port| {
            let mut command = tool("ministack");
            // Without `BIND_HOST` it would listen on every interface.
            command.env("AUTH", "true").env("BIND_HOST", "127.0.0.1").env("GATEWAY_PORT", port.to_string());
            command
        }))
    }

    /// The URL for `AWS_ENDPOINT_URL`.
    pub(crate) fn endpoint(&self) -> String {
        self.0.endpoint()
    }
}

/// Runs a Python script with boto3 at hand; the environment holds `env` and nothing of the test's own.
pub(crate) fn python(script: &str, arguments: &[&str], env: &[(&str, &str)]) -> Ended {
    run(tool("python").args(["-c", script]).args(arguments), env)
}

/// Runs the AWS CLI; the environment holds `env` and nothing of the test's own.
pub(crate) fn aws_cli(arguments: &[&str], env: &[(&str, &str)]) -> Ended {
    run(tool("aws").args(arguments), env)
}

/// A server of the virtual environment; stopped when dropped.
#[derive(Debug)]
struct Server {
    child: Child,
    port: u16,
    /// Its HOME, and with it all that it keeps.
    _home: tempfile::TempDir,
}

impl Server {
    fn start(name: &str, path: &str, command: impl Fn(u16) -> Command) -> Self {
        for _ in 0..STARTS {
            let port = free_port();
            let log = logs().join(format!("{name}-{port}.log"));
            let file = File::create(&log).expect("a log file under target/");
            let home = home();
            let mut command = command(port);
            command.env("HOME", home.path()).current_dir(home.path()).stdin(Stdio::null());
            command.stdout(file.try_clone().expect("a second handle on the log")).stderr(file);
            let child = command.spawn().unwrap_or_else(|e| panic!("starting {name}: {e}"));
            // From here on dropping it stops the server, also when the wait below panics.
            let mut server = Self { child, port, _home: home };
            if server.wait_until_it_answers(path, &log) {
                return server;
            }
        }
        panic!("{name} ended {STARTS} times before it answered; see its logs in {}", logs().display());
    }

    /// `false` when the server ended, as it does when its port is taken.
    fn wait_until_it_answers(&mut self, path: &str, log: &Path) -> bool {
        for _ in 0..PAUSES {
            // Asked first: another program's answer on this port is not this server's.
            let answers = self.answers(path);
            if self.child.try_wait().expect("asking for a server's state").is_some() {
                return false;
            }
            if answers {
                return true;
            }
            sleep(PAUSE);
        }
        panic!("no answer on port {} in time; see {}", self.port, log.display());
    }

    fn answers(&self, path: &str) -> bool {
        let ask = || -> std::io::Result<String> {
            let address = SocketAddr::from((Ipv4Addr::LOCALHOST, self.port));
            let mut stream = TcpStream::connect_timeout(&address, Duration::from_secs(1))?;
            stream.set_read_timeout(Some(Duration::from_secs(5)))?;
            write!(stream, "GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n")?;
            let mut status = [0; 12];
            stream.read_exact(&mut status)?;
            Ok(String::from_utf8_lossy(&status).into_owned())
        };
        ask().is_ok_and(|status| status.ends_with(" 200"))
    }

    fn endpoint(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// A program of the virtual environment that `cargo xtask test` makes, with an empty environment.
fn tool(name: &str) -> Command {
    let venv = std::env::var_os("LEAPP_INTEROP_VENV").map(PathBuf::from);
    let bin = venv.expect("LEAPP_INTEROP_VENV: outside checks are run by `cargo xtask test`").join("bin");
    let program = bin.join(name);
    assert!(program.is_file(), "{} is missing: `cargo xtask test` installs it", program.display());
    let mut command = Command::new(program);
    command.env_clear().env("PATH", format!("{}:/usr/bin:/bin", bin.display())).env("PYTHONUNBUFFERED", "1");
    command
}

/// Runs a client to its end, or kills it when that takes longer than a minute.
fn run(command: &mut Command, env: &[(&str, &str)]) -> Ended {
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

fn free_port() -> u16 {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a free port");
    listener.local_addr().expect("the port's number").port()
}

fn home() -> tempfile::TempDir {
    tempfile::tempdir().expect("a temporary folder")
}

fn logs() -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("interop");
    std::fs::create_dir_all(&folder).expect("a folder for logs under target/");
    folder
}
