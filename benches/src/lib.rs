//! What the benches measure with: a source of credentials that answers at once, and an SDK client's own way
//! to them.

mod client_path;
mod hit;
mod issuer;
mod movable_clock;
mod peer;
#[cfg(target_os = "linux")]
mod profiles;
mod rounds;
#[cfg(unix)]
mod sealed;
#[cfg(target_os = "linux")]
mod watch;

pub use crate::client_path::ClientPath;
pub use crate::hit::{FIRST_ID, Hits, id_of, start};
pub use crate::issuer::{Issuer, LIFETIME};
pub use crate::movable_clock::MovableClock;
pub use crate::peer::Peer;
#[cfg(target_os = "linux")]
pub use crate::profiles::{Profiles, Written};
pub use crate::rounds::{Contender, is_measurement, table, take_turns};
#[cfg(unix)]
pub use crate::sealed::Sealed;
#[cfg(target_os = "linux")]
pub use crate::watch::{Seen, Watch};

/// What setting up a bench fails with.
pub type Failure = Box<dyn std::error::Error + Send + Sync>;
