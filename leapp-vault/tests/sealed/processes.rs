//! Many processes at once.

use std::env;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::time::Duration;

use leapp_core::{Secret, Vault};
use leapp_testkit::conformance::block_on;
use leapp_vault::SealedFile;

use crate::scene::{FILE, Scene, get, key, open, put, session};

const PROCESSES: usize = 16;
const PUTS: usize = 50;

fn spawn(path: &Path, how: &str, process: usize) -> Child {
    let arguments = ["--exact", "processes::writer_process", "--ignored", "--nocapture", "--quiet"];
    Command::new(env::current_exe().unwrap())
        .args(arguments)
        .env("SEALED_PATH", path)
        .env("SEALED_HOW", how)
        .env("SEALED_PROCESS", process.to_string())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap()
}

/// With a passphrase; or with a data key in another sealed file, which the processes share like a keychain.
fn vault(path: &Path, how: &str) -> SealedFile {
    match how {
        "passphrase" => open(path, "made up"),
        _ => {
            let keychain = open(&path.with_extension("keychain"), "made up, too");
            SealedFile::open_with_data_key(path, Arc::new(keychain), session("host")).unwrap()
        }
    }
}

#[test]
#[ignore = "the body of a process that the other tests start"]
#[expect(clippy::disallowed_methods, reason = "a child process is told by its environment what to do")]
fn writer_process() {
    let of_parent = |name: &str| env::var(name).unwrap();
    let process = of_parent("SEALED_PROCESS");
    block_on(async {
        let vault = vault(of_parent("SEALED_PATH").as_ref(), &of_parent("SEALED_HOW"));
        for number in 0..PUTS {
            put(&vault, &format!("p{process}-{number}"), &format!("{process}:{number}")).await;
        }
    });
}

fn processes_lose_nothing(how: &str) {
    let scene = Scene::new();
    let mut children: Vec<Child> = (0..PROCESSES).map(|process| spawn(&scene.path(), how, process)).collect();
    // Whoever looks on is told nothing wrong meanwhile: no file is cut short, and none is older than one before.
    let looker = open(&scene.path(), "made up");
    let mut looks = 0;
    while children.iter_mut().any(|child| child.try_wait().unwrap().is_none()) {
        if how == "passphrase" {
            block_on(looker.unlock()).unwrap();
            looks += 1;
        }
        std::thread::sleep(Duration::from_millis(1));
    }
    assert!(how != "passphrase" || looks > 50, "only {looks} looks");
    for child in children {
        let output = child.wait_with_output().unwrap();
        assert!(
            output.status.success(),
            "{}{}",
            String::from_utf8_lossy(&output.stdout),
            String::from_utf8_lossy(&output.stderr)
        );
    }
    block_on(async {
        let vault = vault(&scene.path(), how);
        for process in 0..PROCESSES {
            for number in 0..PUTS {
                let found = get(&vault, &format!("p{process}-{number}")).await;
                assert_eq!(found, Some(format!("{process}:{number}")));
            }
        }
    });
    assert!(!scene.temp().exists());
}

#[test]
fn processes_that_put_at_once_lose_nothing() {
    processes_lose_nothing("passphrase");
}

#[test]
fn processes_that_make_the_data_key_at_once_lose_nothing() {
    processes_lose_nothing("data key");
}

/// Each has one time for all that it waits for.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn tasks_that_wait_for_another_process_all_give_up_in_the_same_time() {
    let scene = Scene::with_two().await;
    let lock = std::fs::File::open(scene.folder().join(format!("{FILE}.leapp-lock"))).unwrap();
    lock.lock().unwrap();
    let vault = Arc::new(scene.keyed().with_patience(Duration::from_secs(2)));
    vault.unlock().await.unwrap();
    let mut tasks = tokio::task::JoinSet::new();
    for _ in 0..16 {
        let vault = vault.clone();
        tasks.spawn(async move { vault.put(&key("a"), &Secret::new("x")).await.unwrap_err().kind() });
    }
    // One after the other they would take half a minute.
    let all = tokio::time::timeout(Duration::from_secs(15), tasks.join_all()).await;
    assert_eq!(all.unwrap(), [leapp_core::ErrorKind::Busy; 16]);
}
