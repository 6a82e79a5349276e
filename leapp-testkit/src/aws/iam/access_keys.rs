//! What IAM knows of access keys, and from when on services know it too.

use std::collections::HashMap;
use std::time::{Duration, SystemTime};

use leapp_core::AccessKeyId;

use crate::aws::auth::SigningName;
use crate::aws::principal::UserArn;

/// As many as a user may have:
/// [IAM quotas](https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html).
pub(super) const MOST: usize = 2;

/// The long-lived keys of all users, without their secrets.
#[derive(Default)]
pub(in crate::aws) struct AccessKeys {
    /// How long a change takes to spread.
    pub(in crate::aws) propagation: Duration,
    /// How long it takes to show in a user's list.
    pub(in crate::aws) list_delay: Duration,
    /// How long the use of a key takes to be told.
    pub(in crate::aws) last_used_delay: Duration,
    keys: HashMap<String, Entry>,
    count: u64,
}

/// One key, as `ListAccessKeys` tells of it.
pub(super) struct Entry {
    pub(super) user: UserArn,
    pub(super) is_active: bool,
    pub(super) create_date: SystemTime,
    pub(super) last_used: Option<LastUsed>,
    number: u64,
    /// From when on its list's delay counts.
    made_at: SystemTime,
    deleted_at: Option<SystemTime>,
    /// Whether services accept it, and since when; the last that has come counts.
    accepted: Vec<(SystemTime, bool)>,
}

/// The last request that was signed with a key.
pub(super) struct LastUsed {
    pub(super) at: SystemTime,
    pub(super) service: SigningName,
    pub(super) region: String,
}

impl AccessKeys {
    /// A key that has always been known to everybody.
    pub(in crate::aws) fn add(&mut self, user: &UserArn, id: &AccessKeyId, now: SystemTime) {
        self.insert(user, id, now, SystemTime::UNIX_EPOCH);
    }

    /// A key that services accept once its creation has spread.
    pub(in crate::aws) fn create(&mut self, user: &UserArn, id: &AccessKeyId, now: SystemTime) {
        self.insert(user, id, now, now + self.propagation);
    }

    /// Forgets a key at once, everywhere.
    pub(in crate::aws) fn remove(&mut self, id: &str) {
        self.keys.remove(id);
    }

    /// Deletes a key; services accept it until that has spread.
    pub(super) fn delete(&mut self, id: &str, now: SystemTime) {
        let at = now + self.propagation;
        if let Some(entry) = self.keys.get_mut(id) {
            entry.deleted_at = Some(now);
            entry.accepted.push((at, false));
        }
    }

    pub(in crate::aws) fn set_active(&mut self, id: &str, is_active: bool, now: SystemTime) {
        let at = now + self.propagation;
        if let Some(entry) = self.keys.get_mut(id) {
            entry.is_active = is_active;
            entry.accepted.push((at, is_active));
        }
    }

    /// Whether services accept the key now.
    pub(in crate::aws) fn accepts(&self, id: &str, now: SystemTime) -> bool {
        let Some(entry) = self.keys.get(id) else { return false };
        let latest = entry.accepted.iter().rfind(|(since, _)| *since <= now);
        latest.is_some_and(|(_, is_accepted)| *is_accepted)
    }

    /// Notes that a request was signed with the key, if it is a long-lived one.
    pub(in crate::aws) fn note_use(&mut self, id: &str, at: SystemTime, service: SigningName, region: &str) {
        if let Some(entry) = self.keys.get_mut(id) {
            entry.last_used = Some(LastUsed { at, service, region: region.to_owned() });
        }
    }

    /// The key of that id, unless it was deleted.
    pub(super) fn find(&self, id: &str) -> Option<&Entry> {
        self.keys.get(id).filter(|entry| entry.deleted_at.is_none())
    }

    /// The last use of a key that is told by now.
    pub(super) fn told_use<'a>(&self, entry: &'a Entry, now: SystemTime) -> Option<&'a LastUsed> {
        entry.last_used.as_ref().filter(|last| last.at + self.last_used_delay <= now)
    }

    /// How many keys a user has.
    pub(super) fn count(&self, user: &UserArn) -> usize {
        self.keys.values().filter(|entry| entry.user == *user && entry.deleted_at.is_none()).count()
    }

    pub(in crate::aws) fn rename_user(&mut self, user: &UserArn, renamed: &UserArn) {
        for entry in self.keys.values_mut().filter(|entry| entry.user == *user) {
            entry.user = renamed.clone();
        }
    }

    /// A user's keys as they are listed by now, the oldest first.
    pub(super) fn of_user(&self, user: &UserArn, now: SystemTime) -> Vec<(&str, &Entry)> {
        let shows = |at: SystemTime| at + self.list_delay <= now;
        let theirs = |entry: &Entry| {
            entry.user == *user && shows(entry.made_at) && !entry.deleted_at.is_some_and(shows)
        };
        let mut keys: Vec<_> = self
            .keys
            .iter()
            .filter(|(_, entry)| theirs(entry))
            .map(|(id, entry)| (id.as_str(), entry))
            .collect();
        keys.sort_by_key(|(_, entry)| entry.number);
        keys
    }

    fn insert(&mut self, user: &UserArn, id: &AccessKeyId, create_date: SystemTime, since: SystemTime) {
        self.count += 1;
        let entry = Entry {
            user: user.clone(),
            is_active: true,
            create_date,
            last_used: None,
            number: self.count,
            made_at: since.min(create_date),
            deleted_at: None,
            accepted: vec![(since, true)],
        };
        self.keys.insert(id.as_str().to_owned(), entry);
    }
}

impl Entry {
    pub(super) fn status(&self) -> &'static str {
        if self.is_active { "Active" } else { "Inactive" }
    }
}
