//! What AWS answers when it does what it was asked.

use aws_sdk_sts::types::Credentials;

use crate::{AccessKeyId, Error, ErrorKind, Secret, SessionCredentials, SessionId};

/// Reads the credentials of an answer.
pub(super) fn credentials(
    action: &str,
    session: &SessionId,
    answer: Option<Credentials>,
) -> Result<SessionCredentials, Error> {
    let broken =
        |what: &str| Error::new(ErrorKind::Service, format!("{action} for session `{session}` {what}"));
    let Some(answer) = answer else { return Err(broken("was answered without credentials")) };
    // What is missing from an answer that was cut off reads as the beginning of time.
    if answer.expiration.secs() == 0 {
        return Err(broken("was answered without an expiration"));
    }
    let expiration =
        answer.expiration.try_into().map_err(|_| broken("was answered with an impossible expiration"))?;
    let set = AccessKeyId::parse(answer.access_key_id.trim()).and_then(|id| {
        SessionCredentials::new(id, taken(answer.secret_access_key), taken(answer.session_token), expiration)
    });
    set.map_err(|source| broken("was answered with credentials that cannot be").with_source(source))
}

/// Reads a share of something, in percent.
pub(super) fn percent(answer: Option<i32>) -> Option<u32> {
    answer.and_then(|percent| percent.try_into().ok())
}

/// Moves a text into custody; one with spaces around it (seen in the field) is copied without them.
pub(super) fn taken(text: String) -> Secret {
    let text = zeroize::Zeroizing::new(text);
    match text.trim() {
        trimmed if trimmed.len() == text.len() => Secret::from(text),
        trimmed => Secret::new(trimmed),
    }
}
