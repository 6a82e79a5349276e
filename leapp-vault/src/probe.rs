//! Whether a vault works, before somebody's key is entrusted to it.

use leapp_core::{Error, ErrorKind, Secret, SessionId, Vault, VaultItem, VaultKey};

/// As large as what every vault holds.
const LENGTH: usize = 12 * 1024;

/// Puts a made-up value into a vault, reads it back, and takes it out again.
///
/// The value stands under a session's name that nobody else has, `leapp-probe-` and a number. A locked keychain may ask a person
/// to unlock it.
///
/// ```
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), leapp_core::Error> {
/// leapp_vault::probe(&leapp_core::MemoryVault::new()).await?;
/// # Ok(())
/// # }
/// ```
///
/// # Errors
/// What the vault says, with what was tried; [`ErrorKind::Corrupt`] when it gives back something else, or nothing, or keeps what it
/// was to delete.
pub async fn probe(vault: &dyn Vault) -> Result<(), Error> {
    let key = key()?;
    let value = Secret::new((0..LENGTH).map(|_| fastrand::alphanumeric()).collect::<String>());
    let outcome = round_trip(vault, &key, &value).await;
    // Whatever went wrong, nothing is to stay behind.
    let deleted = vault.delete(&key).await.map_err(|error| failed("deleting", error));
    outcome.and(deleted)?;
    match vault.get(&key).await.map_err(|error| failed("reading", error))? {
        None => Ok(()),
        Some(_) => Err(Error::new(ErrorKind::Corrupt, "the vault keeps what it was to delete")),
    }
}

/// A place that nobody else has.
pub(crate) fn key() -> Result<VaultKey, Error> {
    let session = SessionId::parse(&format!("leapp-probe-{:016x}", fastrand::u64(..)))?;
    Ok(VaultKey::new(session, VaultItem::TotpSeed))
}

async fn round_trip(vault: &dyn Vault, key: &VaultKey, value: &Secret) -> Result<(), Error> {
    vault.put(key, value).await.map_err(|error| failed("writing", error))?;
    let found = vault.get(key).await.map_err(|error| failed("reading", error))?;
    if found.is_some_and(|found| found.expose() == value.expose()) {
        return Ok(());
    }
    Err(Error::new(ErrorKind::Corrupt, "the vault does not give back what it was given"))
}

fn failed(doing: &str, error: Error) -> Error {
    Error::new(error.kind(), format!("the vault failed at {doing} a made-up value")).with_source(error)
}
