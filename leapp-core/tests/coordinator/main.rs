//! The coordinators of this crate keep their contract, in one process and among several.
#![expect(clippy::unwrap_used, reason = "a step that fails is a test that fails")]

use std::env;
use std::io::{BufRead, BufReader};
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use leapp_core::{Coordinator, ErrorKind, FileCoordinator, LeaseKey, LocalCoordinator};
use leapp_testkit::conformance::coordinator::{CoordinatorHarness, Holder};
use tempfile::TempDir;

mod local {
    leapp_testkit::coordinator_tests!(|| super::Local(leapp_core::LocalCoordinator::new()));
}

mod files {
    leapp_testkit::coordinator_tests!(super::Files::new);
}

struct Local(LocalCoordinator);

impl CoordinatorHarness for Local {
    fn coordinator(&self) -> &dyn Coordinator {
        &self.0
    }

    fn another(&self) -> Arc<dyn Coordinator> {
        Arc::new(self.0.clone())
    }

    fn holder(&self, _: &LeaseKey) -> Option<Box<dyn Holder>> {
        None
    }
}

struct Files {
    folder: TempDir,
    coordinator: FileCoordinator,
}

impl Files {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let coordinator = FileCoordinator::open(folder.path().join("locks")).unwrap();
        Self { folder, coordinator }
    }

    fn place(&self) -> PathBuf {
        self.folder.path().join("locks")
    }
}

impl CoordinatorHarness for Files {
    fn coordinator(&self) -> &dyn Coordinator {
        &self.coordinator
    }

    fn another(&self) -> Arc<dyn Coordinator> {
        Arc::new(FileCoordinator::open(self.place()).unwrap())
    }

    fn holder(&self, key: &LeaseKey) -> Option<Box<dyn Holder>> {
        let mut process = Command::new(env::current_exe().unwrap())
            .args(["--exact", "holder_process", "--ignored", "--nocapture", "--quiet"])
            .env("HOLDER_FOLDER", self.place())
            .env("HOLDER_KEY", key.as_str())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let mut said = BufReader::new(process.stdout.take().unwrap()).lines();
        assert!(said.any(|line| line.unwrap() == "held"), "the process holds it");
        Some(Box::new(process))
    }
}

/// Holds a lease until it is killed, or until whoever started it is gone.
#[test]
#[ignore = "the body of a process that other tests start"]
#[expect(clippy::disallowed_methods, reason = "a child process is told by its environment what to do")]
fn holder_process() {
    let coordinator = FileCoordinator::open(env::var("HOLDER_FOLDER").unwrap()).unwrap();
    let key = LeaseKey::parse(&env::var("HOLDER_KEY").unwrap()).unwrap();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap();
    let _lease = runtime.block_on(coordinator.lease(&key)).unwrap();
    println!("\nheld");
    let _ = std::io::stdin().read_line(&mut String::new());
}

#[cfg(unix)]
#[tokio::test]
async fn the_folder_and_its_files_are_their_owners_only() {
    use std::os::unix::fs::PermissionsExt;

    let files = Files::new();
    let key = LeaseKey::parse("portal").unwrap();
    let _lease = files.coordinator.lease(&key).await.unwrap();
    files.coordinator.take_turn(&key, start(), SECOND).await.unwrap();

    let mode = |path: PathBuf| path.metadata().unwrap().permissions().mode() & 0o777;
    assert_eq!(mode(files.place()), 0o700);
    let found = files.place().read_dir().unwrap().map(|entry| mode(entry.unwrap().path()));
    assert_eq!(found.collect::<Vec<_>>(), [0o600, 0o600]);

    std::fs::set_permissions(files.place(), std::fs::Permissions::from_mode(0o777)).unwrap();
    assert_eq!(FileCoordinator::open(files.place()).unwrap_err().kind(), ErrorKind::NotOurs);
    std::fs::set_permissions(files.place(), std::fs::Permissions::from_mode(0o755)).unwrap();
    FileCoordinator::open(files.place()).unwrap();
}

/// Whoever could put it there could have another file locked, or written.
#[cfg(unix)]
#[tokio::test]
async fn a_link_in_the_place_of_a_lock_is_not_followed() {
    let files = Files::new();
    let elsewhere = files.folder.path().join("elsewhere");
    for name in ["portal.lease", "portal.turn"] {
        std::os::unix::fs::symlink(&elsewhere, files.place().join(name)).unwrap();
    }
    let key = LeaseKey::parse("portal").unwrap();
    assert_eq!(files.coordinator.lease(&key).await.unwrap_err().kind(), ErrorKind::Unavailable);
    let turn = files.coordinator.take_turn(&key, start(), SECOND).await;
    assert_eq!(turn.unwrap_err().kind(), ErrorKind::Unavailable);
    assert!(!elsewhere.exists());
}

#[tokio::test]
async fn a_folder_that_is_a_file_is_an_error() {
    let file = tempfile::NamedTempFile::new().unwrap();
    assert_eq!(FileCoordinator::open(file.path()).unwrap_err().kind(), ErrorKind::Unavailable);
}

/// Whatever stands in the file, the next turn comes soon, and those after it are apart again.
#[tokio::test]
async fn garbage_in_the_file_of_a_turn_is_overcome() {
    let files = Files::new();
    let key = LeaseKey::parse("portal").unwrap();
    for garbage in
        ["", "leapp turn 1\n", "leapp turn 1\n99999999999999999999999\n1\n1\n", &"x".repeat(100_000)]
    {
        let path = files.place().join("portal.turn");
        #[expect(clippy::disallowed_methods, reason = "a foreign writer is no friend of files")]
        std::fs::write(&path, garbage).unwrap();

        assert_eq!(files.coordinator.take_turn(&key, start(), SECOND).await.unwrap(), Duration::ZERO);
        assert_eq!(files.coordinator.take_turn(&key, start(), SECOND).await.unwrap(), SECOND);
        assert!(path.metadata().unwrap().len() < 100);
    }
}

#[tokio::test]
async fn a_clock_that_is_set_back_keeps_nobody_waiting_longer() {
    let files = Files::new();
    let key = LeaseKey::parse("portal").unwrap();
    for _ in 0..5 {
        files.coordinator.take_turn(&key, start(), SECOND).await.unwrap();
    }
    let wait = files.coordinator.take_turn(&key, start() - 86_400 * SECOND, SECOND).await.unwrap();
    assert_eq!(wait, 5 * SECOND);
}

const SECOND: Duration = Duration::from_secs(1);

fn start() -> SystemTime {
    SystemTime::UNIX_EPOCH + Duration::from_secs(1_900_000_000)
}

/// Something that tidies up, or a logout, takes the folder away.
#[tokio::test]
async fn a_folder_that_was_removed_is_made_again() {
    let files = Files::new();
    let key = LeaseKey::parse("portal").unwrap();
    drop(files.coordinator.lease(&key).await.unwrap());
    std::fs::remove_dir_all(files.place()).unwrap();
    let held = files.coordinator.lease(&key).await.unwrap();
    assert!(files.place().is_dir());
    let other = FileCoordinator::open(files.place()).unwrap();
    let wait = tokio::time::timeout(Duration::from_millis(100), other.lease(&key));
    assert!(wait.await.is_err(), "two hold one lease");
    drop(held);
    other.lease(&key).await.unwrap();
}

/// Whoever waited for a file that is gone does not hold what others hold by another file of its name.
#[cfg(unix)]
#[tokio::test]
async fn a_file_that_is_removed_while_it_is_waited_for_is_nobodys_lease() {
    let files = Files::new();
    let key = LeaseKey::parse("portal").unwrap();
    let held = files.coordinator.lease(&key).await.unwrap();
    let waiting = FileCoordinator::open(files.place()).unwrap();
    let mut lease = Box::pin(waiting.lease(&key));
    assert!(tokio::time::timeout(Duration::from_millis(100), &mut lease).await.is_err());
    std::fs::remove_file(files.place().join("portal.lease")).unwrap();
    let third = FileCoordinator::open(files.place()).unwrap();
    let held_by_third = third.lease(&key).await.unwrap();
    drop(held);
    assert!(
        tokio::time::timeout(Duration::from_millis(200), &mut lease).await.is_err(),
        "two hold one lease"
    );
    drop(held_by_third);
    lease.await.unwrap();
}

/// In a folder where everybody may write, whoever comes first after something tidied up may be somebody else.
#[cfg(unix)]
#[tokio::test]
async fn a_folder_that_came_back_as_everybodys_is_refused() {
    use std::os::unix::fs::PermissionsExt;

    let files = Files::new();
    let key = LeaseKey::parse("portal").unwrap();
    drop(files.coordinator.lease(&key).await.unwrap());
    std::fs::remove_dir_all(files.place()).unwrap();
    std::fs::create_dir(files.place()).unwrap();
    std::fs::set_permissions(files.place(), PermissionsExt::from_mode(0o777)).unwrap();
    assert_eq!(files.coordinator.lease(&key).await.unwrap_err().kind(), ErrorKind::NotOurs);
}

/// A file by its other name is not a lock, and is left as it is.
#[cfg(unix)]
#[tokio::test]
async fn a_file_that_has_another_name_is_no_lock() {
    let files = Files::new();
    let precious = files.folder.path().join("precious");
    let before = b"of somebody's";
    std::io::Write::write_all(&mut std::fs::File::create(&precious).unwrap(), before).unwrap();
    for name in ["portal.lease", "portal.turn"] {
        std::fs::hard_link(&precious, files.place().join(name)).unwrap();
    }
    let key = LeaseKey::parse("portal").unwrap();
    assert_eq!(files.coordinator.lease(&key).await.unwrap_err().kind(), ErrorKind::NotOurs);
    let turn = files.coordinator.take_turn(&key, SystemTime::UNIX_EPOCH, Duration::ZERO).await;
    assert_eq!(turn.unwrap_err().kind(), ErrorKind::NotOurs);
    assert_eq!(std::fs::read(&precious).unwrap(), before);
}
