//! What the desktop application Leapp has put into the system's keychain, for people who come from there.

use leapp_core::{AccessKey, AccessKeyId, Error, ErrorKind, Secret};

use crate::error;
use crate::items::Failure;
use crate::keyring::KeyringVault;
use crate::platform;

/// The service under which Leapp keeps everything.
const SERVICE: &str = "Leapp";
const ID: &str = "iam-user-aws-session-access-key-id";
const SECRET: &str = "iam-user-aws-session-secret-access-key";
/// How Leapp stores that there is nothing.
const NOTHING: &str = "<EMPTY>";

/// Reads the access key that the desktop application [Leapp](https://github.com/Noovolari/leapp) keeps for a session of its kind
/// "IAM User"; `None` when its keychain has none under this id.
///
/// `session_id` is Leapp's own id of the session, the `sessionId` in its `~/.Leapp/Leapp-lock.json`. Nothing is changed there: put the
/// key into a vault, see that its session starts, and remove the session in Leapp afterwards.
///
/// It asks the Secret Service on Linux, the login keychain on macOS and the Credential Manager on Windows, whichever vault is
/// used here; the first two may have a person allow it, for which it waits two minutes. It needs a tokio runtime with its timer.
///
/// # Errors
/// [`ErrorKind::InvalidInput`] when the id is empty, longer than 128 bytes or has other characters than letters, digits and `-`;
/// [`ErrorKind::Corrupt`] when half of a key is there, or what is there is none; [`ErrorKind::Locked`],
/// [`ErrorKind::Unavailable`] and [`ErrorKind::AccessDenied`] as of a [`KeyringVault`]; [`ErrorKind::Unsupported`] on other systems.
///
/// ```no_run
/// use leapp_core::{SessionId, Vault, VaultItem, VaultKey};
///
/// # async fn example(vault: impl Vault) -> Result<(), leapp_core::Error> {
/// if let Some(access_key) = leapp_vault::leapp_access_key("6a7c3b5e-33a2-4a39-9ee5-1b6a2b1f9d31").await? {
///     let place = VaultKey::new(SessionId::parse("alice")?, VaultItem::AccessKey);
///     vault.put(&place, &access_key.to_record()).await?;
/// }
/// # Ok(())
/// # }
/// ```
pub async fn leapp_access_key(session_id: &str) -> Result<Option<AccessKey>, Error> {
    check(session_id)?;
    let keychain = KeyringVault::start(SERVICE, |service| {
        platform::open_leapp(service).map_err(|Failure { kind, why, .. }| (kind, why))
    })?;
    let half = async |what: &str| {
        let account = format!("{session_id}-{what}");
        let outcome = keychain.read_item(account.clone()).await;
        let bytes =
            outcome.map_err(|failure| error::failed("read", &format!("{SERVICE}/{account}"), failure))?;
        let Some(bytes) = bytes else { return Ok(None) };
        let text = std::str::from_utf8(&bytes).map_err(|_| corrupt(session_id, "is no text"))?;
        Ok((!text.is_empty() && text != NOTHING).then(|| Secret::new(text)))
    };
    match (half(ID).await?, half(SECRET).await?) {
        (None, None) => Ok(None),
        (Some(id), Some(secret)) => {
            let id = AccessKeyId::parse(id.expose());
            let key = id.and_then(|id| AccessKey::new(id, secret));
            key.map(Some).map_err(|source| corrupt(session_id, "is none").with_source(source))
        }
        (Some(_), None) => Err(corrupt(session_id, "has no secret access key")),
        (None, Some(_)) => Err(corrupt(session_id, "has no access key id")),
    }
}

fn check(session_id: &str) -> Result<(), Error> {
    let is_allowed = |c: char| c.is_ascii_alphanumeric() || c == '-';
    if (1..=128).contains(&session_id.len()) && session_id.chars().all(is_allowed) {
        return Ok(());
    }
    let message =
        format!("an id of Leapp's sessions is 1 to 128 letters, digits and `-`, not {session_id:?}");
    Err(Error::new(ErrorKind::InvalidInput, message))
}

fn corrupt(session_id: &str, what: &str) -> Error {
    Error::new(ErrorKind::Corrupt, format!("the access key that Leapp keeps for session {session_id} {what}"))
}
