//! How somebody wants to enter the console.

use std::time::Duration;

use crate::{Error, ErrorKind, Principal, SessionCredentials};

const LEAST: Duration = Duration::from_secs(900);
const MOST: Duration = Duration::from_secs(12 * 3600);

/// How long the console session lasts, where it begins and where it leads when it has ended.
///
/// Without a duration it lasts as long as the credentials. With one it may outlast them: 12 hours from the hour of a role's
/// session are legal, where an identity provider or IAM Identity Center gave it. A role assumed with temporary credentials,
/// as by [`AssumeRole`](crate::aws::AssumeRole), and a federation token take none.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ConsoleSignIn {
    session_duration: Option<Duration>,
    destination: Option<String>,
    issuer: Option<String>,
}

impl ConsoleSignIn {
    /// For as long as the credentials last, to the console's front page.
    pub fn new() -> Self {
        Self::default()
    }

    /// For this long (`SessionDuration`): 900 seconds to 12 hours. The role's maximum session duration does not limit it.
    ///
    /// # Errors
    /// [`ErrorKind::InvalidInput`] when it is out of these bounds.
    pub fn with_session_duration(self, duration: Duration) -> Result<Self, Error> {
        if !(LEAST..=MOST).contains(&duration) {
            let message =
                format!("a console session of {} s, where 900 to 43200 are allowed", duration.as_secs());
            return Err(Error::new(ErrorKind::InvalidInput, message));
        }
        Ok(Self { session_duration: Some(duration), ..self })
    }

    /// To this page of the console (`Destination`).
    ///
    /// # Errors
    /// [`ErrorKind::InvalidInput`] when it is not an `https` address.
    pub fn with_destination(self, url: impl Into<String>) -> Result<Self, Error> {
        Ok(Self { destination: Some(https("destination", url.into())?), ..self })
    }

    /// Where the console sends a person whose session has ended (`Issuer`).
    ///
    /// # Errors
    /// [`ErrorKind::InvalidInput`] when it is not an `https` address.
    pub fn with_issuer(self, url: impl Into<String>) -> Result<Self, Error> {
        Ok(Self { issuer: Some(https("issuer", url.into())?), ..self })
    }

    pub(super) fn session_duration(&self) -> Option<Duration> {
        self.session_duration
    }

    pub(super) fn destination(&self) -> Option<&str> {
        self.destination.as_deref()
    }

    pub(super) fn issuer(&self) -> Option<&str> {
        self.issuer.as_deref()
    }

    /// What sign-in would refuse, without a word why: refused before the call.
    pub(super) fn check(&self, set: &SessionCredentials, principal: Principal) -> Result<(), Error> {
        let refuse =
            |kind, what: &str| Err(Error::new(kind, format!("the console cannot be entered with {what}")));
        match principal {
            Principal::User | Principal::Person => refuse(
                ErrorKind::Unsupported,
                "an IAM user's session; assume a role with it, or ask for a federation token",
            ),
            Principal::FederatedUser if self.session_duration.is_some() => refuse(
                ErrorKind::InvalidInput,
                "a federation token for another duration than its own; leave the duration out",
            ),
            Principal::Role if self.session_duration.is_some() && set.metadata().is_from_session => refuse(
                ErrorKind::InvalidInput,
                "a role assumed with temporary credentials for another duration than its own; leave the duration out",
            ),
            Principal::FederatedUser | Principal::Role => Ok(()),
        }
    }
}

fn https(what: &str, url: String) -> Result<String, Error> {
    let is_address = url.strip_prefix("https://").is_some_and(|rest| !rest.is_empty());
    if is_address && url.chars().all(|c| c.is_ascii_graphic()) {
        return Ok(url);
    }
    let shown: String = url.chars().take(64).collect();
    Err(Error::new(ErrorKind::InvalidInput, format!("the {what} {shown:?} is not an `https` address")))
}
