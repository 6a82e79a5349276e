//! Twenty processes of one person, who all need the login at the same time.

use std::env;
use std::fs;
use std::io::{BufRead, BufReader, Lines};
use std::process::{Child, ChildStdout, Command, Stdio};
use std::sync::Arc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use async_trait::async_trait;
use aws_types::SdkConfig;
use leapp_core::aws::LoginFlow::DeviceCode;
use leapp_core::aws::{
    GetRoleCredentials, LoginHost, LoginPage, LoginPrompt, LoginResponder, PortalLogin, Sso,
};
use leapp_core::{AccountId, Clock, Error, FileCoordinator, Leapp, Session, Started, SystemClock, Vault};
use leapp_testkit::aws::{FakeAws, LoopbackServer, Request};
use tempfile::TempDir;
use tokio::task::{JoinSet, spawn_blocking};

use crate::scene::{START_URL, id, instance};
use crate::vaults::Folder;

const PROCESSES: usize = 20;
const TASKS: usize = 5;
const ROLES: usize = 50;
/// Four seconds of everybody's time pass in one: a thousand calls at ten a second take theirs.
const PACE: u32 = 4;

/// One login, one token, a thousand calls in turn, and the portal refuses none.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn twenty_processes_of_five_tasks_that_start_fifty_roles_make_one_login() {
    let lab = Lab::new().await;
    let began = lab.clock.now();
    let mut processes = JoinSet::new();
    for _ in 0..PROCESSES {
        let (process, aws) = (lab.start(), lab.aws.clone());
        processes.spawn(async move { spawn_blocking(move || process.finish(&aws)).await.unwrap() });
    }
    let pages: usize = processes.join_all().await.into_iter().sum();
    assert_eq!(pages, 1, "one process shows the page, and no other");
    let requests = lab.aws.requests();
    let calls = |action: &str| requests.iter().filter(|request| request.action() == action).count();
    let refused: Vec<&Request> =
        requests.iter().filter(|request| !matches!(request.error_code(), None | Some(PENDING))).collect();
    assert!(refused.is_empty(), "{refused:?}");
    let pending = requests.iter().filter(|request| request.error_code() == Some(PENDING)).count();
    let logins = ["RegisterClient", "StartDeviceAuthorization", "CreateToken"].map(calls);
    assert_eq!(logins, [1, 1, 1 + pending]);
    assert_eq!(calls("GetRoleCredentials"), PROCESSES * ROLES);
    let took = lab.clock.now().duration_since(began).unwrap();
    println!("{PROCESSES} processes, {TASKS} tasks each, {ROLES} roles: {took:?} of the portal's time");
}

/// The process that waits at the page is killed: the next one logs in at once.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_process_that_is_killed_while_it_logs_in_keeps_nobody_waiting() {
    let lab = Lab::new().await;
    let mut first = lab.start();
    let first = spawn_blocking(move || {
        assert!(first.next_page().is_some());
        first
    });
    let mut first = first.await.unwrap();
    let (second, aws) = (lab.start(), lab.aws.clone());
    let second = spawn_blocking(move || second.finish(&aws));
    first.child.kill().unwrap();
    first.child.wait().unwrap();
    assert_eq!(second.await.unwrap(), 1);
}

/// What a poll is told that comes before the person.
const PENDING: &str = "AuthorizationPendingException";

/// The fake AWS on loopback, and the folder that the processes share.
struct Lab {
    folder: TempDir,
    clock: Fast,
    aws: FakeAws,
    server: LoopbackServer,
}

impl Lab {
    async fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        fs::create_dir(folder.path().join("vault")).unwrap();
        let clock = Fast::since(SystemClock::new().now());
        let aws = FakeAws::new(Arc::new(clock.clone()));
        aws.add_identity_center(instance(START_URL, &account(), "alice", ROLES));
        let server = aws.listen().await.unwrap();
        Self { folder, clock, aws, server }
    }

    fn start(&self) -> Process {
        let origin = self.clock.origin.duration_since(UNIX_EPOCH).unwrap().as_nanos();
        let mut child = Command::new(env::current_exe().unwrap())
            .args(["--exact", "processes::roles_process", "--ignored", "--nocapture", "--quiet"])
            .env("ROLES_FOLDER", self.folder.path())
            .env("ROLES_ENDPOINT", self.server.endpoint_url())
            .env("ROLES_ORIGIN", origin.to_string())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let lines = BufReader::new(child.stdout.take().unwrap()).lines();
        Process { child, lines }
    }
}

struct Process {
    child: Child,
    lines: Lines<BufReader<ChildStdout>>,
}

impl Process {
    /// The code on the next page that the process shows; none when it is done.
    fn next_page(&mut self) -> Option<String> {
        let pages = self.lines.by_ref().map(Result::unwrap);
        pages.filter_map(|line| line.strip_prefix("page ").map(str::to_owned)).next()
    }

    /// Alice confirms every page. Returns how many there were.
    fn finish(mut self, aws: &FakeAws) -> usize {
        let mut pages = 0;
        while let Some(user_code) = self.next_page() {
            aws.approve_device(&user_code, "alice").unwrap();
            pages += 1;
        }
        assert!(self.child.wait().unwrap().success(), "every role of every task starts");
        pages
    }
}

/// Five tasks that each start every role.
#[test]
#[ignore = "the body of a process that the other tests start"]
fn roles_process() {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let leapp = of_parent().await;
        let mut starts = JoinSet::new();
        for number in (0..TASKS).flat_map(|_| 0..ROLES) {
            let leapp = leapp.clone();
            starts.spawn(async move { leapp.start(&id(&format!("role-{number}"))).await.unwrap() });
        }
        assert!(starts.join_all().await.iter().all(|started| matches!(started, Started::Active)));
    });
}

/// The engine of a process, with the backends that it shares with the others.
#[expect(clippy::disallowed_methods, reason = "a child process is told by its environment what to do")]
async fn of_parent() -> Leapp {
    let told = |name: &str| env::var(name).unwrap();
    let folder = std::path::PathBuf::from(told("ROLES_FOLDER"));
    let clock: Arc<dyn Clock> =
        Arc::new(Fast::since(UNIX_EPOCH + Duration::from_nanos(told("ROLES_ORIGIN").parse().unwrap())));
    let vault: Arc<dyn Vault> = Arc::new(Folder(folder.join("vault")));
    let coordinator = FileCoordinator::open(folder.join("locks")).unwrap();
    let config = SdkConfig::builder()
        .region(aws_types::region::Region::from_static("eu-west-1"))
        .endpoint_url(told("ROLES_ENDPOINT"))
        .http_client(aws_smithy_http_client::Builder::new().build_http());
    let sso = Sso::from_sdk_config(&config.build()).unwrap();

    let portal = PortalLogin::new(sso.clone(), id("company"), START_URL).unwrap();
    let host = LoginHost::new(vault.clone(), Printed)
        .with_clock(clock.clone())
        .with_coordinator(coordinator.clone())
        .with_flow(DeviceCode);
    let responder = LoginResponder::new(host).with_portal(portal.clone());
    let builder =
        Leapp::builder(vault).with_clock(clock).with_coordinator(coordinator).with_responder(responder);
    let leapp = builder.build().unwrap();
    leapp.add(Session::new(id("company"), portal)).await.unwrap();
    for number in 0..ROLES {
        let role = GetRoleCredentials::new(sso.clone(), id("company"), account(), &format!("Role{number}"));
        leapp.add(Session::new(id(&format!("role-{number}")), role.unwrap())).await.unwrap();
    }
    leapp
}

/// Tells the parent, who plays the person.
#[derive(Debug)]
struct Printed;

#[async_trait]
#[expect(clippy::print_stdout, reason = "the parent reads it")]
impl LoginPrompt for Printed {
    async fn show(&self, page: &LoginPage) -> Result<(), Error> {
        println!("\npage {}", page.user_code.as_ref().unwrap());
        Ok(())
    }
}

/// The machine's clock, sped up from a moment that all processes know: they agree on the time.
#[derive(Clone, Debug)]
struct Fast {
    origin: SystemTime,
    machine: SystemClock,
}

impl Fast {
    fn since(origin: SystemTime) -> Self {
        Self { origin, machine: SystemClock::new() }
    }
}

#[async_trait]
impl Clock for Fast {
    fn now(&self) -> SystemTime {
        self.origin + self.machine.now().duration_since(self.origin).unwrap_or_default() * PACE
    }

    fn elapsed(&self) -> Duration {
        self.machine.elapsed() * PACE
    }

    async fn sleep(&self, duration: Duration) {
        self.machine.sleep(duration / PACE).await;
    }
}

fn account() -> AccountId {
    AccountId::parse("111122223333").unwrap()
}
