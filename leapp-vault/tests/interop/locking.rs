//! Locked is not empty, and nothing is written over what could not be read.

use std::time::Duration;

use leapp_core::{Error, ErrorKind, Secret, Vault};
use leapp_vault::{Backend, KeyringVault, OpenOptions};

use crate::daemon::Daemon;
use crate::keeping::{key, open, read};
use crate::session::{self, Bus};

fn is_locked<T>(outcome: Result<T, Error>) {
    let error = outcome.err().expect("a locked keychain is an error");
    assert_eq!(error.kind(), ErrorKind::Locked, "{error}");
    assert!(error.to_string().contains("unlock it"), "{error}");
}

/// Nobody can be asked here: there is no screen.
async fn every_operation_is_locked(vault: &KeyringVault, session: &str) {
    is_locked(vault.get(&key(session)).await);
    is_locked(vault.put(&key(session), &Secret::new("written over")).await);
    is_locked(vault.delete(&key(session)).await);
}

#[test]
#[cfg_attr(not(feature = "interop"), ignore = "outside check, left to `cargo xtask test`")]
fn a_locked_keychain_is_an_error_until_it_is_unlocked_and_nothing_is_lost() {
    let name = "a_locked_keychain_is_an_error_until_it_is_unlocked_and_nothing_is_lost";
    session::run(module_path!(), name, Bus::Desktop, async |home| {
        let daemon = Daemon::start("pass").await;
        let vault = open();
        vault.put(&key("a"), &Secret::new("made up")).await.unwrap();
        daemon.lock().await;
        let before = std::fs::read(home.keyring()).unwrap();
        every_operation_is_locked(&vault, "a").await;
        every_operation_is_locked(&vault, "never-stored").await;
        every_operation_is_locked(&open(), "a").await;
        assert_eq!(std::fs::read(home.keyring()).unwrap(), before);
        daemon.unlock("pass").await;
        assert_eq!(read(&vault, "a").await.as_deref(), Some("made up"));
        assert_eq!(read(&vault, "never-stored").await, None);
        assert_eq!(daemon.items().await, 1);
    });
}

#[test]
#[cfg_attr(not(feature = "interop"), ignore = "outside check, left to `cargo xtask test`")]
fn a_login_with_another_password_finds_it_locked() {
    session::run(module_path!(), "a_login_with_another_password_finds_it_locked", Bus::Desktop, async |_| {
        let daemon = Daemon::start("pass").await;
        open().put(&key("a"), &Secret::new("made up")).await.unwrap();
        daemon.stop().await;
        let daemon = Daemon::start("another").await;
        every_operation_is_locked(&open(), "a").await;
        daemon.stop().await;
        let _daemon = Daemon::start("pass").await;
        assert_eq!(read(&open(), "a").await.as_deref(), Some("made up"));
    });
}

#[test]
#[cfg_attr(not(feature = "interop"), ignore = "outside check, left to `cargo xtask test`")]
fn opening_a_locked_keychain_asks_nobody_and_takes_nothing_weaker() {
    let name = "opening_a_locked_keychain_asks_nobody_and_takes_nothing_weaker";
    session::run(module_path!(), name, Bus::Desktop, async |_| {
        let daemon = Daemon::start("pass").await;
        open().put(&key("a"), &Secret::new("made up")).await.unwrap();
        daemon.lock().await;
        let opened = OpenOptions::new().with_forgetful().open("leapp-vault-test").await.unwrap();
        assert_eq!(opened.backend, Backend::SecretService);
        assert!(opened.to_string().contains("locked"), "{opened}");
        daemon.unlock("pass").await;
        assert_eq!(read(&*opened.vault, "a").await.as_deref(), Some("made up"));
    });
}

#[test]
#[cfg_attr(not(feature = "interop"), ignore = "outside check, left to `cargo xtask test`")]
fn a_daemon_that_does_not_answer_keeps_no_runtime_waiting() {
    let name = "a_daemon_that_does_not_answer_keeps_no_runtime_waiting";
    session::run(module_path!(), name, Bus::Desktop, async |_| {
        let daemon = Daemon::start("pass").await;
        let vault = open();
        vault.put(&key("a"), &Secret::new("made up")).await.unwrap();
        daemon.freeze();
        let vault = vault.with_timeout(Duration::from_secs(2));
        // The runtime has this one thread.
        let others = async {
            for _ in 0..5 {
                tokio::time::sleep(Duration::from_millis(10)).await;
            }
        };
        let key = key("a");
        let get = vault.get(&key);
        tokio::pin!(get);
        tokio::select! {
            biased;
            outcome = &mut get => panic!("{outcome:?} of a daemon that sleeps"),
            () = others => {}
        }
        is_locked(get.await);
        is_locked(OpenOptions::new().with_timeout(Duration::from_millis(100)).open("leapp-vault-test").await);
    });
}
