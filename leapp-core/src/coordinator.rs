//! Who goes first when several could: tasks, and processes of one person.

use std::any::Any;
use std::fmt;
use std::fmt::Debug;
use std::time::{Duration, SystemTime};

use async_trait::async_trait;

use crate::{Error, ErrorKind};

/// Lets one at a time do what must be done once: log in, renew a single-use token.
///
/// Whoever waited for a lease looks in the vault first: what the holder before obtained is there, and is not asked for again.
///
/// # Contract
/// - **one holder**: while a lease of a key is held, no other of the same key is given.
/// - **dropping gives back**: a lease that is dropped is free at once, and whoever waits gets it.
/// - **keys are independent**: a lease of one key keeps nobody from another's.
/// - **waiting can be given up**: a wait that is dropped leaves nothing behind, and takes nothing.
/// - **dies with its holder**: a process that ends, however it ends, holds nothing.
/// - **turns are apart**: two turns of a key are at least their spacing apart, whoever takes them.
#[async_trait]
pub trait Coordinator: Debug + Send + Sync {
    /// Waits until nobody holds this key's lease, and takes it.
    async fn lease(&self, key: &LeaseKey) -> Result<Lease, Error>;

    /// Takes the next free moment for a call, and says how long to wait until it; zero when it is now.
    ///
    /// A turn that is not used is lost: nothing gives it back.
    async fn take_turn(&self, key: &LeaseKey, now: SystemTime, spacing: Duration) -> Result<Duration, Error>;
}

/// Names what is done once. 1 to 128 characters of letters, digits and `_.-`, so that it can be a file's name anywhere.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct LeaseKey(String);

/// The right to do what its key names, until it is dropped.
pub struct Lease(#[expect(dead_code, reason = "held for its drop")] Box<dyn Any + Send>);

impl LeaseKey {
    /// Reads a key.
    ///
    /// # Errors
    /// [`ErrorKind::InvalidInput`] when it is empty, longer than 128 characters or holds another character.
    pub fn parse(text: &str) -> Result<Self, Error> {
        let is_allowed = |c: char| c.is_ascii_alphanumeric() || "_.-".contains(c);
        if (1..=128).contains(&text.len()) && text.chars().all(is_allowed) && !text.starts_with('.') {
            Ok(Self(text.to_owned()))
        } else {
            let shown: String = text.chars().take(64).collect();
            let message =
                format!("lease key {shown:?} has not 1 to 128 characters of letters, digits and `_.-`");
            Err(Error::new(ErrorKind::InvalidInput, message))
        }
    }

    /// The text it was parsed from.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl Lease {
    /// A lease that is given back when `guard` is dropped.
    pub fn new(guard: impl Any + Send) -> Self {
        Self(Box::new(guard))
    }
}

impl Debug for Lease {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Lease")
    }
}
