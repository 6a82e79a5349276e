//! No Secret Service: an error that says what to do, and nothing weaker in its place unless it is allowed.

use leapp_core::{ErrorKind, Secret, Vault};
use leapp_vault::{Backend, OpenOptions};

use crate::daemon::Daemon;
use crate::keeping::{key, open, read};
use crate::session::{self, Bus};

/// Every way to a vault says that it is not there, in these words.
async fn is_unavailable(words: &str) {
    let vault = open();
    let (get, put, delete) = (
        vault.get(&key("a")).await,
        vault.put(&key("a"), &Secret::new("x")).await,
        vault.delete(&key("a")).await,
    );
    for error in [get.unwrap_err(), put.unwrap_err(), delete.unwrap_err()] {
        assert_eq!(error.kind(), ErrorKind::Unavailable, "{error}");
        assert!(error.to_string().contains(words), "{error}");
    }
    let error = leapp_vault::open("leapp-vault-test").await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Unavailable, "{error}");
    assert!(error.to_string().contains(words), "{error}");
    assert!(
        error.to_string().contains("the kernel's keyring forgets at reboot and was not tried"),
        "{error}"
    );

    let opened = OpenOptions::new().with_forgetful().open("leapp-vault-test").await.unwrap();
    assert_eq!(opened.backend, Backend::Keyutils);
    assert!(opened.backend.is_forgetful());
    let passed_over: Vec<Backend> = opened.passed_over.iter().map(|(backend, _)| *backend).collect();
    assert_eq!(passed_over, [Backend::SecretService]);
    assert!(opened.to_string().contains("forgets") && opened.to_string().contains(words), "{opened}");
    let own = format!("absence-{}", std::process::id());
    opened.vault.put(&key(&own), &Secret::new("made up")).await.unwrap();
    let found = read(&*opened.vault, &own).await;
    opened.vault.delete(&key(&own)).await.unwrap();
    assert_eq!(found.as_deref(), Some("made up"));
}

#[test]
#[cfg_attr(not(feature = "interop"), ignore = "outside check, left to `cargo xtask test`")]
fn without_a_bus() {
    session::run(module_path!(), "without_a_bus", Bus::None, async |_| {
        is_unavailable("there is no D-Bus session bus here").await;
    });
}

#[test]
#[cfg_attr(not(feature = "interop"), ignore = "outside check, left to `cargo xtask test`")]
fn without_a_service_on_the_bus() {
    session::run(module_path!(), "without_a_service_on_the_bus", Bus::WithoutServices, async |_| {
        is_unavailable("nothing on the session bus is a Secret Service").await;
    });
}

#[test]
#[cfg_attr(not(feature = "interop"), ignore = "outside check, left to `cargo xtask test`")]
fn without_a_collection_of_the_service() {
    session::run(module_path!(), "without_a_collection_of_the_service", Bus::Desktop, async |_| {
        let _daemon = Daemon::start_without_login().await;
        is_unavailable("no default collection").await;
    });
}
