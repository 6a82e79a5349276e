//! Other people's servers, started and stopped by a test.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{Read, Write};
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread::sleep;
use std::time::Duration;

use crate::clients::{PAUSE, PAUSES, home, python, tool};

/// Prints the parameters of the one request of an action in a recording of moto's, a line each.
const PARAMETERS: &str = "
import base64, json, sys, urllib.parse
bodies = [base64.b64decode(json.loads(line)['body']).decode() for line in open(sys.argv[1])]
requests = [dict(urllib.parse.parse_qsl(body)) for body in bodies]
[request] = [request for request in requests if request.get('Action') == sys.argv[2]]
for name, value in request.items():
    print(f'{name}={value}')
";
/// Makes a role that may do anything, and prints its ARN.
const NEW_ROLE: &str = "
import boto3, json, sys
iam = boto3.client('iam')
role = iam.create_role(RoleName=sys.argv[1], AssumeRolePolicyDocument=sys.argv[2])['Role']
anything = {'Version': '2012-10-17', 'Statement': [{'Effect': 'Allow', 'Action': '*', 'Resource': '*'}]}
iam.put_role_policy(RoleName=sys.argv[1], PolicyName='anything', PolicyDocument=json.dumps(anything))
print(role['Arn'])
";
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

impl Moto {
    pub(crate) fn start() -> Self {
        Self(Server::start("moto", "/moto-api/data.json", |port| {
            let mut command = tool("moto_server");
            command.args(["-H", "127.0.0.1", "-p", &port.to_string()]).env("MOTO_ENABLE_RECORDING", "1");
            command
        }))
    }

    /// The URL for `AWS_ENDPOINT_URL`.
    pub(crate) fn endpoint(&self) -> String {
        self.0.endpoint()
    }

    /// What it was sent in its one request of an action.
    pub(crate) fn request(&self, action: &str) -> BTreeMap<String, String> {
        let recording = self.0.home.path().join("moto_recording");
        let ended = python(PARAMETERS, &[&recording.display().to_string(), action], &[]);
        assert!(ended.status.success(), "{ended:?}");
        let lines = ended.stdout.lines().filter_map(|line| line.split_once('='));
        lines.map(|(name, value)| (name.to_owned(), value.to_owned())).collect()
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

    /// Makes a role that may do anything, and gives its ARN.
    pub(crate) fn new_role(&self, name: &str, trust_policy: &str) -> String {
        self.administer(NEW_ROLE, &[name, trust_policy])
    }

    /// Runs a Python script as its administrator and gives what it prints.
    pub(crate) fn administer(&self, script: &str, arguments: &[&str]) -> String {
        let env = [
            ("AWS_ACCESS_KEY_ID", "test"),
            ("AWS_SECRET_ACCESS_KEY", "test"),
            ("AWS_DEFAULT_REGION", "eu-west-1"),
            ("AWS_ENDPOINT_URL", &self.endpoint()),
        ];
        python(script, arguments, &env).said().unwrap()
    }
}

/// A server of the virtual environment; stopped when dropped.
#[derive(Debug)]
struct Server {
    child: Child,
    port: u16,
    /// Its HOME, and with it all that it keeps.
    home: tempfile::TempDir,
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
            let mut server = Self { child, port, home };
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

fn free_port() -> u16 {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a free port");
    listener.local_addr().expect("the port's number").port()
}

fn logs() -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("interop");
    std::fs::create_dir_all(&folder).expect("a folder for logs under target/");
    folder
}
