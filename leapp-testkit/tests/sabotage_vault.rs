//! Each clause of the vault's suite rejects a vault that breaks it.
#![expect(clippy::unwrap_used, clippy::expect_used, reason = "a failed test says where")]

mod sabotage_support;

use std::fmt;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use async_trait::async_trait;
use leapp_core::{Error, ErrorKind, MemoryVault, Secret, SessionId, Vault, VaultItem, VaultKey};
use leapp_testkit::conformance::vault::CLAUSES;
use sabotage_support::Saboteur;

#[derive(Clone, Copy, Debug, PartialEq)]
enum How {
    Trims,
    LosesTheEmpty,
    CutsAtNul,
    KeepsTheFirst,
    KeepsTheLonger,
    FailsWhenAbsent,
    GivesTheEmptyWhenAbsent,
    StrictDelete,
    DeletesNothing,
    IgnoresTheItem,
    FoldsCase,
    CutsKeys,
    DeletesAllItems,
    HoldsEightKib,
    CutsLarge,
    RefusesLargeAsUnavailable,
    LosesTheOldWhenTooLarge,
    Tears,
    PrintsInDebug,
    TellsInErrors,
    Logs,
    LogsFromAThread,
    LogsInBase64,
}

struct Broken {
    how: How,
    inner: MemoryVault,
    last: Mutex<String>,
}

impl Broken {
    fn open(how: How) -> Arc<dyn Vault> {
        Arc::new(Self { how, inner: MemoryVault::new(), last: Mutex::default() })
    }

    fn key(&self, key: &VaultKey) -> VaultKey {
        let session = key.session().as_str();
        let (session, item) = match self.how {
            How::IgnoresTheItem => (session.to_owned(), VaultItem::AccessKey),
            How::FoldsCase => (session.to_lowercase(), key.item()),
            How::CutsKeys => (session.chars().take(100).collect(), key.item()),
            _ => (session.to_owned(), key.item()),
        };
        VaultKey::new(SessionId::parse(&session).unwrap(), item)
    }

    /// What it makes of a value, or how it refuses it.
    fn value(&self, text: &str, old: Option<&str>) -> Result<String, ErrorKind> {
        let large = text.len() > 8 * 1024;
        Ok(match (self.how, old) {
            (How::Trims, _) => text.trim().to_owned(),
            (How::CutsAtNul, _) => text.split('\0').next().unwrap().to_owned(),
            (How::KeepsTheFirst, Some(old)) => old.to_owned(),
            (How::KeepsTheLonger, Some(old)) if old.len() > text.len() => {
                format!("{text}{}", &old[text.len()..])
            }
            (How::CutsLarge, _) => text.chars().take(8 * 1024).collect(),
            (How::HoldsEightKib, _) if large => return Err(ErrorKind::TooLarge),
            (How::RefusesLargeAsUnavailable, _) if text.len() > 100_000 => {
                return Err(ErrorKind::Unavailable);
            }
            (How::LosesTheOldWhenTooLarge | How::TellsInErrors, _) if text.len() > 100_000 => {
                return Err(ErrorKind::TooLarge);
            }
            _ => text.to_owned(),
        })
    }

    fn spill(&self, text: &str) {
        let head: String = text.chars().take(40).collect();
        match self.how {
            How::PrintsInDebug => *self.last.lock().unwrap() = head,
            How::Logs => tracing::trace!(value = &head[..head.len().min(12)], "put"),
            How::LogsFromAThread => {
                std::thread::spawn(move || tracing_log::log::debug!("put {head}")).join().unwrap();
            }
            How::LogsInBase64 => tracing::info!("put {}", data_encoding::BASE64.encode(text.as_bytes())),
            _ => {}
        }
    }
}

#[async_trait]
impl Vault for Broken {
    async fn put(&self, key: &VaultKey, secret: &Secret) -> Result<(), Error> {
        let key = self.key(key);
        let old = self.inner.get(&key).await?;
        self.spill(secret.expose());
        match self.value(secret.expose(), old.as_ref().map(Secret::expose)) {
            Ok(text) => {
                if self.how == How::Tears && old.is_some() {
                    let half = &text[..text.len() / 2];
                    self.inner.put(&key, &Secret::new(half)).await?;
                    tokio::time::sleep(Duration::from_millis(1)).await;
                }
                self.inner.put(&key, &Secret::new(text)).await
            }
            Err(kind) => {
                if self.how == How::LosesTheOldWhenTooLarge {
                    self.inner.delete(&key).await?;
                }
                let told = if self.how == How::TellsInErrors { &secret.expose()[..30] } else { "a value" };
                Err(Error::new(ErrorKind::Unavailable, "no room").with_source(format!("for {told}")))
                    .map_err(|source: Error| Error::new(kind, "cannot put a value").with_source(source))
            }
        }
    }

    async fn get(&self, key: &VaultKey) -> Result<Option<Secret>, Error> {
        let found = self.inner.get(&self.key(key)).await?;
        match (self.how, found) {
            (How::FailsWhenAbsent, None) => Err(Error::new(ErrorKind::NotFound, "nothing under this key")),
            (How::GivesTheEmptyWhenAbsent, None) => Ok(Some(Secret::new(""))),
            (How::LosesTheEmpty, Some(secret)) if secret.expose().is_empty() => Ok(None),
            (_, found) => Ok(found),
        }
    }

    async fn delete(&self, key: &VaultKey) -> Result<(), Error> {
        let key = self.key(key);
        match self.how {
            How::StrictDelete if self.inner.get(&key).await?.is_none() => {
                Err(Error::new(ErrorKind::NotFound, "nothing under this key"))
            }
            How::DeletesNothing => Ok(()),
            How::DeletesAllItems => {
                for item in [VaultItem::AccessKey, VaultItem::SessionCredentials, VaultItem::TotpSeed] {
                    self.inner.delete(&VaultKey::new(key.session().clone(), item)).await?;
                }
                Ok(())
            }
            _ => self.inner.delete(&key).await,
        }
    }
}

impl fmt::Debug for Broken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Broken").field("last", &self.last.lock().unwrap()).finish()
    }
}

fn saboteurs() -> Vec<Saboteur<dyn Vault>> {
    [
        ("round_trip", How::Trims),
        ("round_trip", How::LosesTheEmpty),
        ("round_trip", How::CutsAtNul),
        ("put_replaces", How::KeepsTheFirst),
        ("put_replaces", How::KeepsTheLonger),
        ("absent_is_none", How::FailsWhenAbsent),
        ("absent_is_none", How::GivesTheEmptyWhenAbsent),
        ("absent_is_none", How::IgnoresTheItem),
        ("delete_is_idempotent", How::StrictDelete),
        ("delete_is_idempotent", How::DeletesNothing),
        ("keys_do_not_collide", How::IgnoresTheItem),
        ("keys_do_not_collide", How::FoldsCase),
        ("keys_do_not_collide", How::CutsKeys),
        ("keys_do_not_collide", How::DeletesAllItems),
        ("large_values_survive", How::HoldsEightKib),
        ("large_values_survive", How::CutsLarge),
        ("large_values_survive", How::RefusesLargeAsUnavailable),
        ("large_values_survive", How::LosesTheOldWhenTooLarge),
        ("concurrent_puts_do_not_tear", How::Tears),
        ("secrets_stay_hidden", How::PrintsInDebug),
        ("secrets_stay_hidden", How::TellsInErrors),
        ("secrets_stay_hidden", How::Logs),
        ("secrets_stay_hidden", How::LogsFromAThread),
        ("secrets_stay_hidden", How::LogsInBase64),
    ]
    .map(|(clause, how)| Saboteur::new(clause, how, Broken::open(how)))
    .into()
}

#[test]
fn clauses_are_the_contracts() {
    sabotage_support::clauses_are_the_contracts(CLAUSES, include_str!("../../leapp-core/src/vault.rs"));
}

#[test]
fn every_saboteur_is_rejected() {
    sabotage_support::every_saboteur_is_rejected(CLAUSES, saboteurs());
}

#[test]
fn the_reference_passes() {
    sabotage_support::passes(CLAUSES, || Arc::new(MemoryVault::new()));
}
