//! The properties that a publication consists of.

use std::time::{Duration, SystemTime};

use leapp_core::{Change, Error, ErrorKind, ProfileName, Region, Secret, SessionCredentials, SessionId};

use super::{MARK, WRITER};
use crate::CredentialProcess;
use crate::scheme::{
    ACCESS_KEY_ID, CREDENTIAL_PROCESS, EXPIRATION, REGION, SECRET_ACCESS_KEY, SESSION_TOKEN,
};

/// The first second that RFC 3339 cannot write: the year 10000.
const END_OF_TIME: Duration = Duration::from_secs(253_402_300_800);

/// The mark and the properties, in the order they stand in the file.
#[derive(Debug)]
pub(super) struct Entry(pub(super) Vec<(&'static str, Secret)>);

/// What a profile of the credentials file says.
pub(super) fn of_credentials(session: &SessionId, credentials: &SessionCredentials) -> Result<Entry, Error> {
    Ok(Entry(vec![
        (MARK, Secret::new(session.as_str())),
        (ACCESS_KEY_ID, Secret::new(credentials.access_key_id().as_str())),
        (SECRET_ACCESS_KEY, credentials.secret_access_key().clone()),
        (SESSION_TOKEN, credentials.session_token().clone()),
        (EXPIRATION, Secret::new(expiration(credentials.expiration())?)),
    ]))
}

/// What a profile of the config file says: where programs get credentials, not the credentials.
pub(super) fn of_process(session: &SessionId, process: &CredentialProcess) -> Result<Entry, Error> {
    let command = Secret::new(process.command_line(session)?);
    Ok(Entry(vec![(MARK, Secret::new(session.as_str())), (CREDENTIAL_PROCESS, command)]))
}

impl Entry {
    /// What says whose a section is.
    pub(super) fn marks(&self) -> Vec<(&'static str, &str)> {
        let marks = self.0.iter().filter(|(key, _)| [MARK, WRITER].contains(key));
        marks.map(|(key, value)| (*key, value.expose())).collect()
    }

    /// With the name of the lock that its writer holds.
    pub(super) fn owned(mut self, writer: Option<&str>) -> Self {
        let writer = writer.map(|writer| (WRITER, Secret::new(writer)));
        self.0.splice(1..1, writer);
        self
    }

    /// With a Region, at the end: whole, and checked.
    pub(super) fn in_region(mut self, region: Option<&Region>) -> Result<Self, Error> {
        self.0.extend(region.map(|region| (REGION, Secret::new(region.as_str()))));
        self.checked()
    }

    /// The same, when every value is read back as it is.
    fn checked(self) -> Result<Self, Error> {
        for (key, value) in &self.0 {
            if !is_read_back(value.expose()) {
                let message = format!("the value for `{key}` cannot stand in a credentials file");
                return Err(Error::new(ErrorKind::InvalidInput, message));
            }
        }
        Ok(self)
    }
}

/// Credentials do not stand in the config file.
pub(super) fn not_in_config(profile: &ProfileName) -> Error {
    let message = format!("credentials cannot be published in the config file, for profile `{profile}`");
    Error::new(ErrorKind::Unsupported, message)
}

/// A kind of change that this version does not know.
pub(super) fn unsupported(change: &Change) -> Error {
    let message =
        format!("the credentials file does not know the change asked for profile `{}`", change.profile());
    Error::new(ErrorKind::Unsupported, message)
}

fn expiration(moment: SystemTime) -> Result<String, Error> {
    match moment.duration_since(SystemTime::UNIX_EPOCH) {
        Ok(since) if since < END_OF_TIME => Ok(humantime::format_rfc3339_seconds(moment).to_string()),
        _ => {
            Err(Error::new(ErrorKind::InvalidInput, "the expiration is not between the years 1970 and 9999"))
        }
    }
}

/// Other programs trim a value and cut it at a `#` or `;` that follows white space; the format has no quotes.
pub(super) fn is_read_back(value: &str) -> bool {
    let cut = |c: char| c == '#' || c == ';';
    let is_cut = value.split(char::is_whitespace).any(|word| word.starts_with(cut));
    !is_cut && value.trim() == value && !value.contains(['\r', '\n'])
}
