//! From one vault to another: copied, looked at, and only then deleted.

use leapp_core::{Error, ErrorKind, Secret, Vault, VaultItem, VaultKey};

use crate::probe;

/// What became of a move that came to its end.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Relocated {
    /// The keys whose values are in the other vault now, and no longer in the first.
    pub moved: Vec<VaultKey>,
    /// The keys under which the first vault held nothing: they never were there, or were moved before.
    pub absent: Vec<VaultKey>,
}

/// Moves the values of these keys from one vault to another, one after the other.
///
/// Each is put into the other vault, read back from it, and deleted from the first when it is the same. Whatever stops it
/// in between, each value is whole in one of the two; calling it again goes on where it stopped.
///
/// Nothing may use the vaults meanwhile: a session that renews a login in the first would have it moved half-way. Vaults have no
/// list, so the host names the keys: every item of every session it knows, but for [`DataKey`](VaultItem::DataKey), which opens
/// a file and belongs where that is opened from.
///
/// ```
/// use leapp_core::{MemoryVault, Secret, SessionId, Vault, VaultItem, VaultKey};
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), leapp_core::Error> {
/// let (old, new) = (MemoryVault::new(), MemoryVault::new());
/// let key = VaultKey::new(SessionId::parse("alice")?, VaultItem::TotpSeed);
/// old.put(&key, &Secret::new("JBSWY3DPEHPK3PXP")).await?;
/// let done = leapp_vault::relocate(&old, &new, &[key.clone()]).await?;
/// assert_eq!(done.moved, [key.clone()]);
/// assert!(old.get(&key).await?.is_none() && new.get(&key).await?.is_some());
/// # Ok(())
/// # }
/// ```
///
/// # Errors
/// - [`ErrorKind::InvalidInput`] when a key is a data key's, or both vaults are one: two handles on one file or keychain, where
///   copying does nothing and deleting everything. Nothing was changed.
/// - [`ErrorKind::AlreadyExists`] when both vaults hold something else under a key: delete the one that is wrong, and call it again.
/// - [`ErrorKind::Corrupt`] when the other vault does not give back what it was given. The first keeps its value.
/// - What either vault says. The message names the key that it stopped at; the keys before it are moved.
pub async fn relocate(from: &dyn Vault, to: &dyn Vault, keys: &[VaultKey]) -> Result<Relocated, Error> {
    if let Some(key) = keys.iter().find(|key| key.item() == VaultItem::DataKey) {
        let message = format!("`{key}` opens a sealed file and cannot be moved; leave it where it is");
        return Err(Error::new(ErrorKind::InvalidInput, message));
    }
    let mut done = Relocated::default();
    let mut are_two = false;
    for key in keys {
        match from.get(key).await.map_err(|error| stopped(key, "reading it", error))? {
            Some(secret) => {
                if !are_two {
                    check_two(from, to).await?;
                    are_two = true;
                }
                move_one(from, to, key, &secret).await?;
                done.moved.push(key.clone());
            }
            None => done.absent.push(key.clone()),
        }
    }
    Ok(done)
}

async fn move_one(from: &dyn Vault, to: &dyn Vault, key: &VaultKey, secret: &Secret) -> Result<(), Error> {
    let looking = |error| stopped(key, "looking into the other vault", error);
    match to.get(key).await.map_err(looking)? {
        Some(there) if there.expose() == secret.expose() => {}
        Some(_) => {
            let message = format!("both vaults hold something under `{key}`, and not the same");
            return Err(Error::new(ErrorKind::AlreadyExists, message));
        }
        None => {
            to.put(key, secret)
                .await
                .map_err(|error| stopped(key, "putting it into the other vault", error))?;
            let found = to.get(key).await.map_err(looking)?;
            if found.is_none_or(|found| found.expose() != secret.expose()) {
                let message = format!("the other vault does not give back what it was given under `{key}`");
                return Err(Error::new(ErrorKind::Corrupt, message));
            }
        }
    }
    from.delete(key).await.map_err(|error| stopped(key, "deleting it from the first vault", error))?;
    // Two vaults that share a part of what they hold: here the last copy is still in memory.
    let there = to.get(key).await;
    if there.as_ref().is_ok_and(|there| there.as_ref().is_some_and(|there| there.expose() == secret.expose()))
    {
        return Ok(());
    }
    // A copy too many is deleted by the next call.
    from.put(key, secret)
        .await
        .map_err(|error| stopped(key, "putting it back into the first vault", error))?;
    let message = format!(
        "the other vault no longer had `{key}`, or something else, when it was deleted from the first; the first has it again"
    );
    Err(Error::new(ErrorKind::Corrupt, message))
}

/// Refuses two handles on one vault: what is put into the one must not be in the other.
async fn check_two(from: &dyn Vault, to: &dyn Vault) -> Result<(), Error> {
    let mark = probe::key()?;
    let stopped = |error: Error| {
        let message = "moving stopped before it began: a made-up value could not be put and looked for";
        Error::new(error.kind(), message).with_source(error)
    };
    let outcome = match to.put(&mark, &Secret::new("is this the other vault?")).await {
        Ok(()) => from.get(&mark).await,
        Err(error) => Err(error),
    };
    // Whatever was found, nothing is to stay behind.
    let deleted = to.delete(&mark).await.map_err(stopped);
    if outcome.map_err(stopped)?.is_some() {
        deleted?;
        let message = "both vaults are one and the same, and nothing can be moved; nothing was changed";
        return Err(Error::new(ErrorKind::InvalidInput, message));
    }
    deleted
}

fn stopped(key: &VaultKey, doing: &str, error: Error) -> Error {
    Error::new(error.kind(), format!("moving `{key}` stopped at {doing}")).with_source(error)
}
