//! What any keychain does with one item; how values are laid out over items is [`layout`](crate::layout)'s.

use std::error::Error as StdError;

use leapp_core::ErrorKind;
use zeroize::Zeroizing;

/// Named values, each read and written whole.
pub(crate) trait Items {
    /// What one item holds at most, for stores with a limit.
    fn largest_item(&self) -> Option<usize>;

    /// The value of this name; `None` only when the store is open and has none.
    fn read(&self, name: &str) -> Result<Option<Zeroizing<Vec<u8>>>, Failure>;

    /// Puts a value in the place of the one of this name, at once.
    fn write(&self, name: &str, value: &[u8]) -> Result<(), Failure>;

    /// Removes what is of this name, if anything.
    fn remove(&self, name: &str) -> Result<(), Failure>;

    /// Whether the store is there. Makes no item, and asks nobody for anything.
    fn probe(&self) -> Result<State, Failure>;
}

/// How a store that is there was found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum State {
    /// A person has to unlock it before anything is read or written.
    #[cfg_attr(
        not(target_os = "linux"),
        expect(dead_code, reason = "only the Secret Service says so beforehand")
    )]
    Locked,
    /// It takes and gives values.
    Open,
}

/// Why a store did not do it, before it is said what was being done. Holds no value.
#[derive(Debug)]
pub(crate) struct Failure {
    pub(crate) kind: ErrorKind,
    pub(crate) why: String,
    /// True when there is no such store here: no secret can be in it.
    pub(crate) is_not_here: bool,
    pub(crate) source: Option<Box<dyn StdError + Send + Sync>>,
}

impl Failure {
    pub(crate) fn new(kind: ErrorKind, why: impl Into<String>) -> Self {
        Self { kind, why: why.into(), is_not_here: false, source: None }
    }

    #[cfg_attr(
        not(target_os = "linux"),
        expect(dead_code, reason = "only the Secret Service may be missing from its system")
    )]
    pub(crate) fn not_here(self) -> Self {
        Self { is_not_here: true, ..self }
    }

    pub(crate) fn with_source(self, source: Box<dyn StdError + Send + Sync>) -> Self {
        Self { source: Some(source), ..self }
    }
}
