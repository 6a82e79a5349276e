//! Starting and ending a process: another way on each system.

#[cfg(not(unix))]
mod other;
#[cfg(unix)]
mod unix;

#[cfg(not(unix))]
pub(crate) use other::{Process, make_private};
#[cfg(unix)]
pub(crate) use unix::{Process, make_private};
