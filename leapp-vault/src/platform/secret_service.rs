//! The items of the desktop's Secret Service: gnome-keyring, KDE's wallet, KeePassXC.
//!
//! `secret-service` and not the `keyring-core` store over it: that one finds nothing where a collection is locked and shows no
//! items, calls a locked collection a failure of the system, and cannot be asked whether it is locked without a prompt.

use std::cell::RefCell;
use std::collections::HashMap;
use std::sync::Arc;

use leapp_core::ErrorKind;
use secret_service::blocking::{Collection, Item, SecretService};
use secret_service::{EncryptionType, Error as ServiceError};
use zbus::DBusError;
use zeroize::Zeroizing;

use crate::items::{Failure, Items, State};

/// How often an item is looked for that others replace meanwhile.
const LOOKS: usize = 4;
/// KDE's wallet takes text only, and that is all there is.
const CONTENT: &str = "text/plain; charset=utf8";

/// Connects at the first operation, and again when the service or the bus was restarted. The connection runs on a runtime of
/// its own (`zbus` with `tokio`), so it must be used on a thread that is none of a runtime's.
pub(crate) struct SecretServiceItems {
    service: Arc<str>,
    name_attribute: &'static str,
    connection: RefCell<Option<SecretService<'static>>>,
}

impl SecretServiceItems {
    pub(crate) fn new(service: Arc<str>) -> Self {
        Self { service, name_attribute: "username", connection: RefCell::default() }
    }

    /// For items that other programs have put there.
    pub(crate) fn with_name_attribute(self, name_attribute: &'static str) -> Self {
        Self { name_attribute, ..self }
    }

    /// Each operation is one that can be done twice.
    fn with<T>(&self, run: impl Fn(&SecretService<'_>) -> Result<T, Failure>) -> Result<T, Failure> {
        let mut connection = self.connection.borrow_mut();
        if let Some(known) = &*connection {
            match run(known) {
                // The session of a service that ended is unknown to the one that came after it.
                Err(failure) if failure.kind == ErrorKind::Unavailable => *connection = None,
                outcome => return outcome,
            }
        }
        // What is said on the bus is encrypted: others of the same person may listen there.
        let fresh = SecretService::connect(EncryptionType::Dh).map_err(explain)?;
        run(connection.insert(fresh))
    }

    /// The item of a name, unlocked, which may take a person; `None` when the default collection is open and none shows. Others that
    /// are locked and show nothing of what is in them are not waited for.
    fn find<'a>(&self, connection: &'a SecretService<'_>, name: &str) -> Result<Option<Item<'a>>, Failure> {
        let look = || connection.search_items(self.attributes(name)).map_err(explain);
        let mut found = look()?;
        if found.unlocked.is_empty() && found.locked.is_empty() {
            let collection = default_collection(connection)?;
            if !collection.is_locked().map_err(explain)? {
                return Ok(None);
            }
            // A locked collection may not show what is in it.
            unlock(&collection)?;
            found = look()?;
        }
        if !found.locked.is_empty() {
            connection.unlock_all(&found.locked.iter().collect::<Vec<_>>()).map_err(explain)?;
        }
        let mut items = found.unlocked.into_iter().chain(found.locked);
        match (items.next(), items.next()) {
            (_, Some(_)) => {
                let why = "several items have this name; remove all but one with the keychain's program";
                Err(Failure::new(ErrorKind::Corrupt, why))
            }
            (item, None) => Ok(item),
        }
    }

    fn attributes<'a>(&'a self, name: &'a str) -> HashMap<&'a str, &'a str> {
        HashMap::from([("service", &*self.service), (self.name_attribute, name)])
    }
}

impl Items for SecretServiceItems {
    fn largest_item(&self) -> Option<usize> {
        None
    }

    fn read(&self, name: &str) -> Result<Option<Zeroizing<Vec<u8>>>, Failure> {
        self.with(|connection| {
            settle(|| {
                let Some(item) = self.find(connection, name)? else { return Ok(Some(None)) };
                unless_gone(item.get_secret()).map(|secret| secret.map(|bytes| Some(Zeroizing::new(bytes))))
            })
        })
    }

    fn write(&self, name: &str, value: &[u8]) -> Result<(), Failure> {
        self.with(|connection| {
            settle(|| {
                if let Some(item) = self.find(connection, name)? {
                    return unless_gone(item.set_secret(value, CONTENT));
                }
                let label = format!("{}: {name}", self.service);
                let collection = default_collection(connection)?;
                if collection.is_locked().map_err(explain)? {
                    unlock(&collection)?;
                }
                let created = collection.create_item(&label, self.attributes(name), value, true, CONTENT);
                created.map_err(explain).map(|_| Some(()))
            })
        })
    }

    fn remove(&self, name: &str) -> Result<(), Failure> {
        self.with(|connection| {
            settle(|| {
                let Some(item) = self.find(connection, name)? else { return Ok(Some(())) };
                unless_gone(item.delete())
            })
        })
    }

    fn probe(&self) -> Result<State, Failure> {
        self.with(|connection| {
            let collection = default_collection(connection).map_err(|failure| {
                // One that is no longer the default may hold what was stored when it was.
                if has_a_collection(connection) { Failure { is_not_here: false, ..failure } } else { failure }
            })?;
            Ok(if collection.is_locked().map_err(explain)? { State::Locked } else { State::Open })
        })
    }
}

/// Looks again while the item that was found is gone before it is used.
fn settle<T>(mut look: impl FnMut() -> Result<Option<T>, Failure>) -> Result<T, Failure> {
    for _ in 0..LOOKS {
        if let Some(outcome) = look()? {
            return Ok(outcome);
        }
    }
    Err(Failure::new(ErrorKind::Busy, "others replace the item all the time; try again"))
}

fn default_collection<'a>(connection: &'a SecretService<'_>) -> Result<Collection<'a>, Failure> {
    connection.get_default_collection().map_err(explain)
}

/// Also when that cannot be told. The one of the session is always there, and ends with it.
fn has_a_collection(connection: &SecretService<'_>) -> bool {
    let collections = connection.get_all_collections();
    collections.map_or(true, |all| all.iter().any(|one| !one.collection_path.ends_with("/session")))
}

fn unlock(collection: &Collection<'_>) -> Result<(), Failure> {
    collection.unlock().map_err(explain)
}

fn unless_gone<T>(outcome: Result<T, ServiceError>) -> Result<Option<T>, Failure> {
    const GONE: [&str; 3] = [
        "org.freedesktop.Secret.Error.NoSuchObject",
        "org.freedesktop.DBus.Error.UnknownObject",
        "org.freedesktop.DBus.Error.UnknownMethod",
    ];
    match outcome {
        Ok(value) => Ok(Some(value)),
        Err(error) if dbus_name(&error).is_some_and(|name| GONE.contains(&&*name)) => Ok(None),
        Err(error) => Err(explain(error)),
    }
}

/// No error of this family holds a value: what was sent is encrypted, and answers that hold values are no errors.
fn explain(error: ServiceError) -> Failure {
    const NO_BUS: &str = "there is no D-Bus session bus here, so no Secret Service (over ssh, in a container, as a service); \
                          use another vault, or run the program in a desktop session or with `dbus-run-session`";
    const NO_SERVICE: &str = "nothing on the session bus is a Secret Service; install or start gnome-keyring, KDE's wallet \
                              or KeePassXC, or use another vault";
    const NO_START: &str = "the session bus cannot start the Secret Service; start it, or look into the system's log why it ends";
    const LOCKED: &str = "the keychain is locked, and nobody unlocked it; unlock it (log in to the desktop, or open the \
                          keychain's program), and try again";
    const NO_COLLECTION: &str = "the Secret Service has no default collection; make one with the keychain's program \
                                 (Passwords and Keys, KWalletManager, KeePassXC)";
    let (kind, why, is_not_here) = match (&error, dbus_name(&error).as_deref()) {
        (ServiceError::Locked | ServiceError::Prompt, _)
        | (_, Some("org.freedesktop.Secret.Error.IsLocked")) => (ErrorKind::Locked, LOCKED, false),
        (ServiceError::NoResult, _) => (ErrorKind::Unavailable, NO_COLLECTION, true),
        (_, Some("org.freedesktop.DBus.Error.AccessDenied")) => (
            ErrorKind::AccessDenied,
            "the bus or the Secret Service does not let this process in (a sandbox?)",
            false,
        ),
        (_, Some("org.freedesktop.DBus.Error.LimitsExceeded")) => {
            (ErrorKind::TooLarge, "the value is larger than the bus or the store can hold", false)
        }
        (_, Some(name))
            if ["ServiceUnknown", "NameHasNoOwner"].iter().any(|end| name.ends_with(end))
                || name == "org.freedesktop.DBus.Error.Spawn.ServiceNotFound" =>
        {
            (ErrorKind::Unavailable, NO_SERVICE, true)
        }
        (_, Some(name)) if name.starts_with("org.freedesktop.DBus.Error.Spawn") => {
            (ErrorKind::Unavailable, NO_START, false)
        }
        (ServiceError::Unavailable, _) | (ServiceError::Zbus(zbus::Error::Connection(..)), _) => {
            (ErrorKind::Unavailable, NO_BUS, true)
        }
        _ => (ErrorKind::Unavailable, "the Secret Service failed, or went away; try again", false),
    };
    let failure = Failure::new(kind, why).with_source(error.into());
    if is_not_here { failure.not_here() } else { failure }
}

/// The name of the error that came over the bus, if one did.
fn dbus_name(error: &ServiceError) -> Option<String> {
    match error {
        ServiceError::Zbus(zbus::Error::MethodError(name, _, _)) => Some(name.to_string()),
        ServiceError::Zbus(zbus::Error::FDO(error)) => Some(fdo_name(error)),
        ServiceError::ZbusFdo(error) => Some(fdo_name(error)),
        _ => None,
    }
}

fn fdo_name(error: &zbus::fdo::Error) -> String {
    match error {
        zbus::fdo::Error::ZBus(zbus::Error::MethodError(name, _, _)) => name.to_string(),
        error => error.name().to_string(),
    }
}

#[cfg(test)]
mod tests {
    use zbus::fdo::Error as BusError;

    use super::*;

    #[test]
    fn each_failure_says_what_to_do() {
        let on_the_bus = |error: fn(String) -> BusError| ServiceError::ZbusFdo(error("made up".into()));
        let in_a_call = |error: fn(String) -> BusError| {
            ServiceError::Zbus(zbus::Error::FDO(Box::new(error("made up".into()))))
        };
        for (error, kind, words) in [
            (ServiceError::Locked, ErrorKind::Locked, "unlock it"),
            (ServiceError::Prompt, ErrorKind::Locked, "unlock it"),
            (ServiceError::NoResult, ErrorKind::Unavailable, "make one with"),
            (ServiceError::Unavailable, ErrorKind::Unavailable, "no D-Bus session bus"),
            (ServiceError::PromptDisconnected, ErrorKind::Unavailable, "try again"),
            (on_the_bus(BusError::ServiceUnknown), ErrorKind::Unavailable, "install or start gnome-keyring"),
            (in_a_call(BusError::ServiceUnknown), ErrorKind::Unavailable, "install or start gnome-keyring"),
            (on_the_bus(BusError::NameHasNoOwner), ErrorKind::Unavailable, "install or start gnome-keyring"),
            (
                on_the_bus(BusError::SpawnServiceNotFound),
                ErrorKind::Unavailable,
                "install or start gnome-keyring",
            ),
            (on_the_bus(BusError::SpawnExecFailed), ErrorKind::Unavailable, "cannot start"),
            (on_the_bus(BusError::AccessDenied), ErrorKind::AccessDenied, "a sandbox?"),
            (on_the_bus(BusError::LimitsExceeded), ErrorKind::TooLarge, "larger than"),
            (on_the_bus(BusError::NoReply), ErrorKind::Unavailable, "try again"),
        ] {
            let said = format!("{error}");
            let failure = explain(error);
            assert_eq!(failure.kind, kind, "{said}");
            // One that fails may hold secrets: nothing weaker is opened in its place.
            let is_failing = kind != ErrorKind::Unavailable || ["try again", "cannot start"].contains(&words);
            assert_eq!(failure.is_not_here, !is_failing, "{said}");
            assert!(failure.why.contains(words), "{said}: {}", failure.why);
        }
    }

    #[test]
    fn an_item_that_went_away_is_looked_for_again() {
        let gone = || Err::<(), _>(ServiceError::ZbusFdo(BusError::UnknownObject("made up".into())));
        assert!(matches!(unless_gone(gone()), Ok(None)));
        let mut looks = 0;
        let found = settle(|| {
            looks += 1;
            Ok((looks == 3).then_some("found"))
        });
        assert_eq!(found.unwrap(), "found");
        assert_eq!(settle(|| unless_gone(gone())).unwrap_err().kind, ErrorKind::Busy);
    }
}
