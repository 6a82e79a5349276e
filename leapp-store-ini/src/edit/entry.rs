//! The properties that a publication consists of.

use std::time::{Duration, SystemTime};

use leapp_core::{Change, Error, ErrorKind, Region, Secret, SessionCredentials, SessionId};

use super::MARK;

/// The keys we write beside the mark, in their order.
pub(super) const KEYS: [&str; 5] = [ACCESS_KEY_ID, SECRET_ACCESS_KEY, SESSION_TOKEN, EXPIRATION, REGION];

const ACCESS_KEY_ID: &str = "aws_access_key_id";
const SECRET_ACCESS_KEY: &str = "aws_secret_access_key";
const SESSION_TOKEN: &str = "aws_session_token";
const EXPIRATION: &str = "aws_credential_expiration";
const REGION: &str = "region";

/// The first second that RFC 3339 cannot write: the year 10000.
const END_OF_TIME: Duration = Duration::from_secs(253_402_300_800);

/// The mark and the properties, in the order they stand in the file.
pub(super) fn properties(
    session: &SessionId,
    region: Option<&Region>,
    credentials: &SessionCredentials,
) -> Result<Vec<(&'static str, Secret)>, Error> {
    let mut properties = vec![
        (MARK, Secret::new(session.as_str())),
        (ACCESS_KEY_ID, Secret::new(credentials.access_key_id().as_str())),
        (SECRET_ACCESS_KEY, credentials.secret_access_key().clone()),
        (SESSION_TOKEN, credentials.session_token().clone()),
        (EXPIRATION, Secret::new(expiration(credentials.expiration())?)),
    ];
    properties.extend(region.map(|region| (REGION, Secret::new(region.as_str()))));
    for (key, value) in &properties {
        if !is_read_back(value.expose()) {
            let message = format!("the value for `{key}` cannot stand in a credentials file");
            return Err(Error::new(ErrorKind::InvalidInput, message));
        }
    }
    Ok(properties)
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
fn is_read_back(value: &str) -> bool {
    let cut = |c: char| c == '#' || c == ';';
    let is_cut = value.split(char::is_whitespace).any(|word| word.starts_with(cut));
    !is_cut && value.trim() == value && !value.contains(['\r', '\n'])
}
