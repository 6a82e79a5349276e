//! What the programs of these tests write: a made-up set for each number, from one session.

use std::time::{Duration, SystemTime};

use leapp_core::{AccessKeyId, Change, Error, ProfileName, Secret, SessionCredentials, SessionId};

use crate::made_up;

const SESSION: &str = "s";

pub(crate) fn publish(profile: &str, number: u32) -> Result<Change, Error> {
    let set = made_up::set(number);
    Ok(Change::Publish {
        session: SessionId::parse(SESSION)?,
        profile: ProfileName::parse(profile)?,
        region: None,
        credentials: SessionCredentials::new(
            AccessKeyId::parse(&set.access_key_id)?,
            Secret::new(set.secret_access_key),
            Secret::new(set.session_token),
            SystemTime::UNIX_EPOCH + Duration::from_secs(1_900_000_000 + u64::from(number)),
        )?,
    })
}

pub(crate) fn withdraw(profile: &str) -> Result<Change, Error> {
    Ok(Change::Withdraw { session: SessionId::parse(SESSION)?, profile: ProfileName::parse(profile)? })
}
