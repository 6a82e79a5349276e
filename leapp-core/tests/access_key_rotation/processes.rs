//! Two processes of one person, who rotate the same key at the same time; and one that is killed.

use std::env;
use std::fs;
use std::io::{BufRead, BufReader, Lines};
use std::path::PathBuf;
use std::process::{Child, ChildStdout, Command, Stdio};
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use aws_types::SdkConfig;
use leapp_core::aws::{AccessKeyRotation, Iam, Sts};
use leapp_core::{
    AccessKey, AccountId, Clock, Error, FileCoordinator, Secret, SystemClock, Vault, VaultItem, VaultKey,
};
use leapp_testkit::aws::{FakeAws, LoopbackServer};
use leapp_testkit::clock::{AcceleratedClock, ManualClock};
use tempfile::TempDir;

use crate::folder::Folder;
use crate::scene::{alice, held, place};

/// Longer than any test takes: a new key is known when the test says so.
const SPREADING: Duration = Duration::from_secs(120);

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_processes_at_once_make_one_rotation() {
    let lab = Lab::new().await;
    let mut processes = [lab.start(), lab.start()];
    for process in &mut processes {
        process.wait_for("looked");
    }
    lab.spread_once_asked("GetCallerIdentity").await;

    let mut outcomes: Vec<String> = processes.into_iter().map(Process::finish).collect();
    outcomes.sort_unstable();

    let new = held(&lab.vault).await.access_key_id().to_string();
    let old = lab.key.access_key_id();
    assert_eq!(outcomes, [format!("rotated {old} {new} false"), format!("rotated {old} {new} true")]);
    let calls = |action: &str| lab.aws.requests().iter().filter(|request| request.action() == action).count();
    assert_eq!((calls("CreateAccessKey"), calls("DeleteAccessKey")), (1, 1));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_process_that_is_killed_leaves_its_rotation_to_the_next() {
    let lab = Lab::new().await;
    let mut first = lab.start();
    first.wait_for("looked");
    lab.asked("GetCallerIdentity").await;
    first.child.kill().unwrap();
    first.child.wait().unwrap();
    assert_eq!(held(&lab.vault).await.access_key_id(), lab.key.access_key_id());

    let mut second = lab.start();
    second.wait_for("looked");
    lab.clock.advance(SPREADING);
    let outcome = second.finish();

    let (old, new) = (lab.key.access_key_id(), held(&lab.vault).await);
    assert_eq!(outcome, format!("rotated {old} {} false", new.access_key_id()));
    let created = lab.aws.requests().iter().filter(|request| request.action() == "CreateAccessKey").count();
    assert_eq!(created, 1, "the second takes up what the first has begun");
    assert!(lab.vault.get(&place(VaultItem::AccessKeyRotation)).await.unwrap().is_none());
}

/// The fake AWS on loopback, whose time stands still, and the folder that the processes share.
struct Lab {
    folder: TempDir,
    clock: ManualClock,
    aws: FakeAws,
    server: LoopbackServer,
    vault: Folder,
    key: AccessKey,
}

impl Lab {
    async fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        fs::create_dir(folder.path().join("vault")).unwrap();
        // The processes sign with the machine's time.
        let clock = ManualClock::new(SystemClock::new().now());
        let aws = FakeAws::new(Arc::new(clock.clone())).with_key_propagation(SPREADING);
        let account = AccountId::parse("111122223333").unwrap();
        let key = aws.add_access_key(&aws.add_user(&account, "alice"));
        let vault = Folder(folder.path().join("vault"));
        vault.put(&place(VaultItem::AccessKey), &key.to_record()).await.unwrap();
        let server = aws.listen().await.unwrap();
        Self { folder, clock, aws, server, vault, key }
    }

    fn start(&self) -> Process {
        let mut child = Command::new(env::current_exe().unwrap())
            .args(["--exact", "processes::rotating_process", "--ignored", "--nocapture", "--quiet"])
            .env("ROTATION_FOLDER", self.folder.path())
            .env("ROTATION_ENDPOINT", self.server.endpoint_url())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let lines = BufReader::new(child.stdout.take().unwrap()).lines();
        Process { child, lines }
    }

    /// Waits until somebody has asked for something with a key that is not known yet.
    async fn asked(&self, action: &str) {
        let is_asked = || {
            self.aws.requests().iter().any(|request| {
                request.action() == action && request.access_key_id() != Some(self.key.access_key_id())
            })
        };
        while !is_asked() {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    }

    async fn spread_once_asked(&self, action: &str) {
        self.asked(action).await;
        self.clock.advance(SPREADING);
    }
}

struct Process {
    child: Child,
    lines: Lines<BufReader<ChildStdout>>,
}

impl Process {
    fn wait_for(&mut self, word: &str) {
        assert!(self.lines.by_ref().any(|line| line.unwrap().ends_with(word)), "no {word}");
    }

    fn finish(mut self) -> String {
        let outcome = self.lines.by_ref().map(Result::unwrap).find(|line| line.starts_with("rotated "));
        assert!(self.child.wait().unwrap().success());
        outcome.unwrap()
    }
}

#[test]
#[ignore = "the body of a process that the other tests start"]
fn rotating_process() {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let rotated = runtime.block_on(of_parent().rotate()).unwrap();
    println!("\nrotated {} {} {}", rotated.old, rotated.new, rotated.is_by_another);
}

#[expect(clippy::disallowed_methods, reason = "a child process is told by its environment what to do")]
fn of_parent() -> AccessKeyRotation {
    let told = |name: &str| env::var(name).unwrap();
    let folder = PathBuf::from(told("ROTATION_FOLDER"));
    let config = SdkConfig::builder()
        .region(aws_types::region::Region::from_static("eu-west-1"))
        .endpoint_url(told("ROTATION_ENDPOINT"))
        .http_client(aws_smithy_http_client::Builder::new().build_http())
        .build();
    let (iam, sts) = (Iam::from_sdk_config(&config).unwrap(), Sts::from_sdk_config(&config).unwrap());
    let vault = Telling { vault: Folder(folder.join("vault")), has_told: std::sync::Once::new() };
    AccessKeyRotation::new(iam, sts, alice(), vault)
        // Its waits are short in the machine's time, and its signatures not far from it.
        .with_clock(Arc::new(AcceleratedClock::new(SystemClock::new(), 10)))
        .with_coordinator(FileCoordinator::open(folder.join("locks")).unwrap())
        .with_grace(Duration::ZERO)
}

/// Tells the parent when it is looked at first.
#[derive(Debug)]
struct Telling {
    vault: Folder,
    has_told: std::sync::Once,
}

#[async_trait]
impl Vault for Telling {
    async fn put(&self, key: &VaultKey, secret: &Secret) -> Result<(), Error> {
        self.vault.put(key, secret).await
    }

    async fn get(&self, key: &VaultKey) -> Result<Option<Secret>, Error> {
        let found = self.vault.get(key).await;
        self.has_told.call_once(|| println!("\nlooked"));
        found
    }

    async fn delete(&self, key: &VaultKey) -> Result<(), Error> {
        self.vault.delete(key).await
    }
}
