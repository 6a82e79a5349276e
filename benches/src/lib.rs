//! What the benches measure with: a source of credentials that answers at once, and an SDK client's own way
//! to them.

mod client_path;
mod hit;
mod issuer;
mod movable_clock;
#[cfg(unix)]
mod sealed;

pub use crate::client_path::ClientPath;
pub use crate::hit::{FIRST_ID, Hits, id_of, start};
pub use crate::issuer::{Issuer, LIFETIME};
pub use crate::movable_clock::MovableClock;
#[cfg(unix)]
pub use crate::sealed::Sealed;

/// What setting up a bench fails with.
pub type Failure = Box<dyn std::error::Error + Send + Sync>;
