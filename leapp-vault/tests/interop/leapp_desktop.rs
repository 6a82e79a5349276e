//! The keys that the desktop application Leapp has put into gnome-keyring, as `keytar` puts them there.

use leapp_core::{ErrorKind, Vault};
use leapp_vault::leapp_access_key;
use secret_service::{EncryptionType, SecretService};

use crate::daemon::Daemon;
use crate::keeping::{key, open};
use crate::session::{self, Bus};

const SESSION: &str = "6a7c3b5e-33a2-4a39-9ee5-1b6a2b1f9d31";
const ID: &str = "iam-user-aws-session-access-key-id";
const SECRET: &str = "iam-user-aws-session-secret-access-key";

async fn keytar_puts(session: &str, what: &str, value: &str) {
    let service = SecretService::connect(EncryptionType::Dh).await.unwrap();
    let account = format!("{session}-{what}");
    let schema = ("xdg:schema", "org.freedesktop.Secret.Generic");
    let attributes = [("service", "Leapp"), ("account", &account), schema].into_iter().collect();
    let collection = service.get_default_collection().await.unwrap();
    let label = format!("Leapp/{account}");
    collection.create_item(&label, attributes, value.as_bytes(), true, "text/plain").await.unwrap();
}

#[test]
#[cfg_attr(not(feature = "interop"), ignore = "outside check, left to `cargo xtask test`")]
fn a_key_that_leapp_keeps_is_read_and_stays() {
    session::run(module_path!(), "a_key_that_leapp_keeps_is_read_and_stays", Bus::Desktop, async |_| {
        let daemon = Daemon::start("pass").await;
        assert!(leapp_access_key(SESSION).await.unwrap().is_none());
        keytar_puts(SESSION, ID, "AKIAIOSFODNN7EXAMPLE").await;
        keytar_puts(SESSION, SECRET, "made/up+secret").await;
        keytar_puts("another", ID, "AKIAI44QH8DHBEXAMPLE").await;
        let items = daemon.items().await;
        for _ in 0..2 {
            let access_key = leapp_access_key(SESSION).await.unwrap().expect("it is there");
            assert_eq!(access_key.access_key_id().as_str(), "AKIAIOSFODNN7EXAMPLE");
            assert_eq!(access_key.secret_access_key().expose(), "made/up+secret");
        }
        assert_eq!(daemon.items().await, items);
        // Half a key is not none; and what is stored as nothing is.
        let error = leapp_access_key("another").await.unwrap_err();
        assert!(error.kind() == ErrorKind::Corrupt && error.to_string().contains("another"), "{error}");
        keytar_puts("another", ID, "<EMPTY>").await;
        keytar_puts("another", SECRET, "<EMPTY>").await;
        assert!(leapp_access_key("another").await.unwrap().is_none());
        keytar_puts("another", ID, "made up").await;
        keytar_puts("another", SECRET, "hunter2").await;
        let error = leapp_access_key("another").await.unwrap_err();
        assert!(error.kind() == ErrorKind::Corrupt && !format!("{error:?}").contains("hunter2"), "{error:?}");
        // Ours is another service's.
        assert!(open().get(&key("another")).await.unwrap().is_none());
        daemon.lock().await;
        assert_eq!(leapp_access_key(SESSION).await.unwrap_err().kind(), ErrorKind::Locked);
    });
}

#[tokio::test]
async fn an_id_that_is_none_of_leapps_is_refused() {
    for id in ["", "../x", "a b", &"x".repeat(129)] {
        assert_eq!(leapp_access_key(id).await.unwrap_err().kind(), ErrorKind::InvalidInput, "{id}");
    }
}
