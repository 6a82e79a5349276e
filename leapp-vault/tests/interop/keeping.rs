//! What is stored stays, under its name and no other.

use leapp_core::{Secret, SessionId, Vault, VaultItem, VaultKey};
use leapp_vault::{Backend, KeyringVault};

use crate::daemon::Daemon;
use crate::session::{self, Bus};

pub(crate) fn open() -> KeyringVault {
    KeyringVault::open_secret_service("leapp-vault-test").unwrap()
}

pub(crate) fn key(session: &str) -> VaultKey {
    VaultKey::new(SessionId::parse(session).unwrap(), VaultItem::AccessKey)
}

pub(crate) async fn read(vault: &dyn Vault, session: &str) -> Option<String> {
    vault.get(&key(session)).await.unwrap().map(|secret| secret.expose().to_owned())
}

#[test]
#[cfg_attr(not(feature = "interop"), ignore = "outside check, left to `cargo xtask test`")]
fn what_was_stored_is_read_after_the_daemon_was_started_again() {
    session::run(
        module_path!(),
        "what_was_stored_is_read_after_the_daemon_was_started_again",
        Bus::Desktop,
        async |_| {
            let daemon = Daemon::start("pass").await;
            let vault = open();
            let large = "large ".repeat(2048);
            vault.put(&key("small"), &Secret::new("made up")).await.unwrap();
            vault.put(&key("large"), &Secret::new(large.as_str())).await.unwrap();
            assert_eq!(daemon.items().await, 2, "nothing is in chunks here");
            daemon.stop().await;
            let _daemon = Daemon::start("pass").await;
            // The one that was open before, and one that was not.
            for vault in [vault, open()] {
                assert_eq!(read(&vault, "small").await.as_deref(), Some("made up"));
                assert_eq!(read(&vault, "large").await.as_deref(), Some(&*large));
                vault.put(&key("small"), &Secret::new("made up")).await.unwrap();
            }
        },
    );
}

#[test]
#[cfg_attr(not(feature = "interop"), ignore = "outside check, left to `cargo xtask test`")]
fn services_do_not_meet() {
    session::run(module_path!(), "services_do_not_meet", Bus::Desktop, async |_| {
        let daemon = Daemon::start("pass").await;
        let (one, other) = (open(), KeyringVault::open_secret_service("leapp-vault-test.2").unwrap());
        one.put(&key("a"), &Secret::new("of one")).await.unwrap();
        assert_eq!(read(&other, "a").await, None);
        other.delete(&key("a")).await.unwrap();
        assert_eq!(read(&one, "a").await.as_deref(), Some("of one"));
        one.delete(&key("a")).await.unwrap();
        assert_eq!(daemon.items().await, 0);
    });
}

#[test]
#[cfg_attr(not(feature = "interop"), ignore = "outside check, left to `cargo xtask test`")]
fn opening_finds_the_desktops_keychain_and_leaves_it_as_it_is() {
    session::run(
        module_path!(),
        "opening_finds_the_desktops_keychain_and_leaves_it_as_it_is",
        Bus::Desktop,
        async |home| {
            let daemon = Daemon::start("pass").await;
            open().put(&key("a"), &Secret::new("made up")).await.unwrap();
            let before = std::fs::read(home.keyring()).unwrap();
            for options in [leapp_vault::OpenOptions::new(), leapp_vault::OpenOptions::new().with_forgetful()]
            {
                let opened = options.open("leapp-vault-test").await.unwrap();
                assert_eq!(opened.backend, Backend::SecretService);
                assert!(opened.passed_over.is_empty());
                assert_eq!(opened.to_string(), "the Secret Service: it is the strongest here, and answers");
                assert_eq!(read(&*opened.vault, "a").await.as_deref(), Some("made up"));
            }
            assert_eq!(std::fs::read(home.keyring()).unwrap(), before);
            assert_eq!(daemon.items().await, 1);
        },
    );
}
