//! Processes that write and read one item, and some that are killed at it.

#![expect(clippy::disallowed_methods, reason = "the processes of a test are told apart by a variable")]

use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::time::Duration;

use leapp_core::{Secret, SessionId, Vault, VaultItem, VaultKey};
use leapp_vault::KeyringVault;
use tokio::runtime::Runtime;

/// The letter of a process, and the name of the item's session.
const LETTER: &str = "LEAPP_VAULT_TEST_LETTER";
const SESSION: &str = "LEAPP_VAULT_TEST_SESSION";

const LETTERS: &str = "abcdefghijklmnop";
/// Of those, the ones that write until they are killed.
const DOOMED: &str = "cfk";
const ROUNDS: usize = 12;

/// `test` is the name of the test that calls this: it is run again, in each of sixteen processes. The first alone prepares what they
/// share, which is kept until all are done.
pub(crate) fn never_see_a_torn_value<P>(
    test: &str,
    prepare: impl FnOnce(&Runtime) -> P,
    open: fn() -> KeyringVault,
    length: usize,
) {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
    let role = |name| std::env::var(name).ok();
    if let (Some(letter), Some(session)) = (role(LETTER), role(SESSION)) {
        return runtime.block_on(write_and_read(&open(), &key(&session), &letter, length));
    }
    let _prepared = prepare(&runtime);
    let session = format!("leapp-vault-test-{}-processes", std::process::id());
    let (vault, key) = (Arc::new(open()), key(&session));
    runtime.block_on(vault.put(&key, &Secret::new("z".repeat(length)))).unwrap();
    let mut children: Vec<(char, Child)> =
        LETTERS.chars().map(|letter| (letter, start(test, letter, &session))).collect();
    for (letter, child) in &mut children {
        if DOOMED.contains(*letter) {
            std::thread::sleep(Duration::from_millis(150));
            child.kill().unwrap();
        }
    }
    let outcomes = children.into_iter().map(|(letter, child)| (letter, child.wait_with_output().unwrap()));
    let failed: Vec<String> = outcomes
        .filter(|(letter, output)| !output.status.success() && !DOOMED.contains(*letter))
        .map(|(letter, output)| format!("{letter}: {}", String::from_utf8_lossy(&output.stdout)))
        .collect();
    let last =
        runtime.block_on(vault.get(&key)).map(|found| found.is_some_and(|secret| is_whole(&secret, length)));
    runtime.block_on(vault.delete(&key)).unwrap();
    assert!(failed.is_empty(), "some saw what nobody wrote, or an error: {}", failed.join("\n"));
    assert!(last.unwrap(), "what is left is torn");
    assert!(runtime.block_on(vault.get(&key)).unwrap().is_none());
}

fn start(test: &str, letter: char, session: &str) -> Child {
    let mut command = Command::new(std::env::current_exe().unwrap());
    command.args(["--exact", test, "--nocapture"]);
    command.env(LETTER, letter.to_string()).env(SESSION, session).stdout(Stdio::piped());
    // Where temporary files go says nothing of who they are, and they meet all the same.
    command.env("TMPDIR", format!("/var/empty/{letter}")).env("TMP", format!("C:\\none\\{letter}"));
    command.spawn().unwrap()
}

async fn write_and_read(vault: &KeyringVault, key: &VaultKey, letter: &str, length: usize) {
    let value = Secret::new(letter.repeat(length));
    let rounds = if DOOMED.contains(letter) { usize::MAX } else { ROUNDS };
    for _ in 0..rounds {
        vault.put(key, &value).await.unwrap();
        let found = vault.get(key).await.unwrap().expect("nobody deletes");
        assert!(is_whole(&found, length), "a torn value of {} bytes", found.expose().len());
    }
}

fn is_whole(found: &Secret, length: usize) -> bool {
    let text = found.expose();
    text.len() == length && text.chars().next().is_some_and(|first| text.chars().all(|c| c == first))
}

fn key(session: &str) -> VaultKey {
    VaultKey::new(SessionId::parse(session).unwrap(), VaultItem::SessionCredentials)
}
