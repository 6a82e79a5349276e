//! A reusable set in the vault: the set, and the digest of the request it answered.

use std::time::{Duration, SystemTime};

use crate::record::{corrupt, fields, join};
use crate::{AccessKeyId, CacheKey, Error, ErrorKind, Secret, SessionCredentials};

const HEADER: &str = "leapp session credentials 1";

/// Writes a set and the key of the request it answered.
pub(super) fn write(key: &CacheKey, set: &SessionCredentials) -> Secret {
    let expiration = set.expiration().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default().as_secs();
    join(&[
        HEADER,
        key.as_str(),
        &expiration.to_string(),
        set.access_key_id().as_str(),
        set.secret_access_key().expose(),
        set.session_token().expose(),
    ])
}

/// Reads a set; `None` when it answered another request than `key`'s.
pub(super) fn read(record: &Secret, key: &CacheKey) -> Result<Option<SessionCredentials>, Error> {
    let [written_for, expiration, id, secret, token] = fields(record, HEADER)?;
    if written_for != key.as_str() {
        return Ok(None);
    }
    let seconds = expiration.parse().map(Duration::from_secs).map_err(corrupt)?;
    let Some(expiration) = SystemTime::UNIX_EPOCH.checked_add(seconds) else {
        return Err(Error::new(ErrorKind::Corrupt, "the vault's item holds an impossible expiration"));
    };
    let id = AccessKeyId::parse(id).map_err(corrupt)?;
    SessionCredentials::new(id, Secret::new(secret), Secret::new(token), expiration)
        .map(Some)
        .map_err(corrupt)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn set() -> SessionCredentials {
        let expiration = SystemTime::UNIX_EPOCH + Duration::from_secs(1_900_000_000);
        let id = AccessKeyId::parse("ASIAIOSFODNN7EXAMPLE").unwrap();
        SessionCredentials::new(id, Secret::new("secret"), Secret::new("token"), expiration).unwrap()
    }

    #[test]
    fn a_set_is_read_back_for_its_own_request_only() {
        let record = write(&CacheKey::of(["alice", "device"]), &set());
        let kept = read(&record, &CacheKey::of(["alice", "device"])).unwrap().unwrap();
        assert_eq!(kept.access_key_id(), set().access_key_id());
        assert_eq!(kept.secret_access_key().expose(), "secret");
        assert_eq!(kept.session_token().expose(), "token");
        assert_eq!(kept.expiration(), set().expiration());
        assert!(read(&record, &CacheKey::of(["alice", "other device"])).unwrap().is_none());
    }
}
