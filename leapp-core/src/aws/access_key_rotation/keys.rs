//! The keys that a user has at IAM, and what each of them is.

use std::time::SystemTime;

use super::AccessKeyRotation;
use super::journal::Pending;
use super::report::{AccessKeyStatus, KeyRole, LastUse};
use super::user::User;
use crate::aws::iam::{ListedKey, ListedKeys};
use crate::{AccessKey, AccessKeyId, Error, ErrorKind};

/// As many as IAM allows.
const MOST: usize = 2;

impl AccessKeyRotation {
    /// Refuses when there is no room for a new key, and says what is in the way; else gives the time, by IAM's clock.
    pub(super) async fn check_room(
        &self,
        user: &User,
        held: &AccessKey,
    ) -> Result<Option<SystemTime>, Error> {
        let ListedKeys { keys, at } = self.iam.list_access_keys(&user.name, self.caller(held)).await?;
        if !keys.iter().any(|key| key.access_key_id == *held.access_key_id()) {
            let (id, arn) = (held.access_key_id(), &user.identity.arn);
            let message =
                format!("IAM lists no access key {id} of {arn}, which the vault holds: it was deleted");
            return Err(Error::new(ErrorKind::NotFound, message));
        }
        if keys.len() < MOST {
            return Ok(at);
        }
        let mut descriptions = Vec::new();
        for key in self.describe(user, keys, held, None).await {
            descriptions.push(description(&key));
        }
        let message = format!(
            "{} has as many access keys as IAM allows: {}; delete the one that is not needed",
            user.identity.arn,
            descriptions.join(" and ")
        );
        Err(Error::new(ErrorKind::InUse, message))
    }

    /// The user's keys, each with its part.
    pub(super) async fn described(
        &self,
        user: &User,
        held: &AccessKey,
        pending: Option<&Pending>,
    ) -> Result<Vec<AccessKeyStatus>, Error> {
        let listed = self.iam.list_access_keys(&user.name, self.caller(held)).await?;
        Ok(self.describe(user, listed.keys, held, pending).await)
    }

    async fn describe(
        &self,
        user: &User,
        keys: Vec<ListedKey>,
        held: &AccessKey,
        pending: Option<&Pending>,
    ) -> Vec<AccessKeyStatus> {
        let mut described = Vec::with_capacity(keys.len());
        for ListedKey { access_key_id, is_active, create_date } in keys {
            let caller = self.caller(held);
            let last_use = match self.iam.access_key_last_used(&user.name, &access_key_id, caller).await {
                Ok(Some(at)) => LastUse::At(at),
                Ok(None) => LastUse::Never,
                Err(_) => LastUse::Unknown,
            };
            let role = role(&access_key_id, create_date, last_use, held, pending);
            described.push(AccessKeyStatus { access_key_id, role, is_active, create_date, last_use });
        }
        described
    }
}

fn role(
    id: &AccessKeyId,
    create_date: SystemTime,
    last_use: LastUse,
    held: &AccessKey,
    pending: Option<&Pending>,
) -> KeyRole {
    if id == held.access_key_id() {
        return KeyRole::InVault;
    }
    match pending {
        Some(pending) if pending.has_made(id) => KeyRole::Successor,
        Some(pending) if pending.old.access_key_id() == id && pending.has_made(held.access_key_id()) => {
            KeyRole::Replaced
        }
        Some(pending)
            if pending.new.is_none()
                && pending.old.access_key_id() == held.access_key_id()
                && last_use == LastUse::Never
                && pending.may_have_made(create_date) == Some(true) =>
        {
            KeyRole::Lost
        }
        _ => KeyRole::Other,
    }
}

fn description(key: &AccessKeyStatus) -> String {
    let AccessKeyStatus { access_key_id, role, is_active, create_date, last_use } = key;
    let place = if *role == KeyRole::InVault { "in the vault, " } else { "not in the vault, " };
    let use_of = if *is_active { "" } else { "inactive, " };
    let made = humantime::format_rfc3339_seconds(*create_date);
    let used = match last_use {
        LastUse::At(at) => format!("last used {}", humantime::format_rfc3339_seconds(*at)),
        LastUse::Never => "never used".to_owned(),
        LastUse::Unknown => "last use not known".to_owned(),
    };
    format!("{access_key_id} ({place}{use_of}made {made}, {used})")
}
