//! How large a session token is asked to be.

use crate::{Error, ErrorKind};

const MOST: u16 = 4096;

/// The least size of a session token in bytes, where one is asked for: to try out whether everything in its way can take it.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct SessionTokenSize(Option<u16>);

impl SessionTokenSize {
    pub(super) fn parse(bytes: u16) -> Result<Self, Error> {
        if bytes > MOST {
            let message = format!("a session token of {bytes} bytes, where at most {MOST} are allowed");
            return Err(Error::new(ErrorKind::InvalidInput, message));
        }
        Ok(Self(Some(bytes)))
    }

    /// As the API takes it.
    pub(super) fn least(self) -> Option<i32> {
        self.0.map(i32::from)
    }
}
