//! The sessions of a host, brought in step with the roles that a portal offers. Nothing is called, and no person's edit touched.

use std::collections::BTreeSet;

use super::{AssignedRole, GetRoleCredentials, Sso};
use crate::{AccountId, Error, ProfileName, Region, Session, SessionId};

/// Two of these, an account's id and a number are a name that a session and a profile may have: 128 characters.
const LONGEST_PART: usize = 56;

/// A role of a portal as a host keeps it: what it is, and what a person made of it. Never a secret.
#[derive(Clone, Debug, PartialEq, Eq)]
#[expect(clippy::exhaustive_structs, reason = "hosts store it and build it from what they stored")]
pub struct RoleDefinition {
    /// The session's name. A person may choose another: it stays.
    pub session: SessionId,
    /// The account.
    pub account_id: AccountId,
    /// The role's name: with the account, what a definition is known by.
    pub role_name: String,
    /// The profile it publishes under, if any. A person's to change.
    pub profile: Option<ProfileName>,
    /// The Region written beside the credentials, if any. A person's to change.
    pub region: Option<Region>,
    /// True when a sync made it. What a person wrote by hand is never retired.
    pub is_synced: bool,
    /// True when the portal does not offer it any more; of one that a person wrote, theirs to say. It stays, with what a person made of it, for the day on which it does.
    pub is_retired: bool,
}

/// How a sync names what it makes.
///
/// ```
/// use leapp_core::AccountId;
/// use leapp_core::aws::{AssignedRole, PortalAccount, RoleSync, SyncChange};
///
/// let account = PortalAccount::new(AccountId::parse("111122223333")?, "Data Science", "data@example.com");
/// let offered = [AssignedRole::new(account, "ReadOnly")];
/// let mut definitions = Vec::new();
/// let changes = RoleSync::new().apply(&mut definitions, &offered);
/// assert_eq!(definitions[0].session.as_str(), "Data-Science.ReadOnly");
/// assert_eq!(changes, [SyncChange::Made(definitions[0].session.clone())]);
/// // Another time nothing is new.
/// assert!(RoleSync::new().apply(&mut definitions, &offered).is_empty());
/// # Ok::<(), leapp_core::Error>(())
/// ```
#[derive(Clone, Debug, Default)]
pub struct RoleSync {
    region: Option<Region>,
    publishes: bool,
    taken: BTreeSet<String>,
}

/// What a sync did to a definition.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum SyncChange {
    /// The portal offers a role that was not known.
    Made(SessionId),
    /// The portal offers it no more. Stop its session.
    Retired(SessionId),
    /// The portal offers it again.
    Returned(SessionId),
}

impl RoleDefinition {
    /// The session that it defines.
    ///
    /// # Errors
    /// [`ErrorKind::InvalidInput`](crate::ErrorKind::InvalidInput) when the role's name is none.
    pub fn to_session(&self, sso: Sso, login: SessionId) -> Result<Session, Error> {
        let Self { session, account_id, role_name, profile, region, is_synced: _, is_retired: _ } = self;
        let provider = GetRoleCredentials::new(sso, login, account_id.clone(), role_name)?;
        let mut defined = Session::new(session.clone(), provider);
        if let Some(profile) = profile {
            defined = defined.with_profile(profile.clone());
        }
        if let Some(region) = region {
            defined = defined.with_region(region.clone());
        }
        Ok(defined)
    }

    fn key(&self) -> (&str, &str) {
        (self.account_id.as_str(), &self.role_name)
    }
}

impl RoleSync {
    /// Names sessions `ACCOUNT.ROLE` and gives them no profile and no Region.
    pub fn new() -> Self {
        Self::default()
    }

    /// Gives what it makes this Region.
    #[must_use]
    pub fn with_region(self, region: Region) -> Self {
        Self { region: Some(region), ..self }
    }

    /// Gives what it makes a profile of the session's name, each one of its own.
    #[must_use]
    pub fn with_profiles(self) -> Self {
        Self { publishes: true, ..self }
    }

    /// Keeps clear of names that sessions and profiles of other kinds have.
    #[must_use]
    pub fn with_taken_names(self, names: impl IntoIterator<Item = String>) -> Self {
        let mut taken = self.taken;
        taken.extend(names.into_iter().map(|name| name.to_ascii_lowercase()));
        Self { taken, ..self }
    }

    /// Makes a definition for each role that has none, retires those that it made and that are offered no more, and takes
    /// those back that are offered again. Everything else stays as it is, in its order.
    ///
    /// The definitions are those of one portal, and `assigned` is its whole list, from [`PortalLogin::assigned_roles`](super::PortalLogin::assigned_roles): what is not in it is not
    /// offered.
    pub fn apply(&self, definitions: &mut Vec<RoleDefinition>, assigned: &[AssignedRole]) -> Vec<SyncChange> {
        let mut changes = Vec::new();
        let offered: BTreeSet<_> = assigned.iter().map(key).collect();
        for definition in definitions.iter_mut() {
            let is_offered = offered.contains(&definition.key());
            if is_offered && definition.is_retired && definition.is_synced {
                definition.is_retired = false;
                changes.push(SyncChange::Returned(definition.session.clone()));
            } else if !is_offered && definition.is_synced && !definition.is_retired {
                definition.is_retired = true;
                changes.push(SyncChange::Retired(definition.session.clone()));
            }
        }
        let mut taken: BTreeSet<String> = definitions.iter().flat_map(names).collect();
        taken.extend(self.taken.iter().cloned());
        let mut made = Vec::new();
        let accounts: BTreeSet<(&str, String)> = assigned
            .iter()
            .map(|assigned| (assigned.account.account_id.as_str(), plain(&assigned.account.account_name)))
            .collect();
        let mut known: BTreeSet<_> = definitions.iter().map(RoleDefinition::key).collect();
        for assigned in assigned.iter().filter(|assigned| known.insert(key(assigned))) {
            let account = (assigned.account.account_id.as_str(), plain(&assigned.account.account_name));
            let is_namesake =
                |other: &(&str, String)| other.0 != account.0 && other.1.eq_ignore_ascii_case(&account.1);
            let is_alone = !accounts.iter().any(is_namesake);
            let Some((session, profile)) = name(assigned, is_alone, &taken) else { continue };
            taken.insert(session.as_str().to_ascii_lowercase());
            changes.push(SyncChange::Made(session.clone()));
            made.push(RoleDefinition {
                session,
                account_id: assigned.account.account_id.clone(),
                role_name: assigned.role_name.clone(),
                profile: self.publishes.then_some(profile),
                region: self.region.clone(),
                is_synced: true,
                is_retired: false,
            });
        }
        definitions.append(&mut made);
        changes
    }
}

fn key(assigned: &AssignedRole) -> (&str, &str) {
    (assigned.account.account_id.as_str(), &assigned.role_name)
}

/// A name is taken when a session or a profile has it, in capitals or not: both are made from it, and may become files.
fn names(definition: &RoleDefinition) -> impl Iterator<Item = String> {
    let session = definition.session.as_str().to_ascii_lowercase();
    let profile = definition.profile.as_ref().map(|profile| profile.as_str().to_ascii_lowercase());
    std::iter::once(session).chain(profile)
}

/// A name that nobody has: the account's name and the role's; and where several accounts have that name, it is taken, or there
/// is none, the account's id in its place. So it does not depend on the portal's order.
fn name(
    assigned: &AssignedRole,
    is_alone: bool,
    taken: &BTreeSet<String>,
) -> Option<(SessionId, ProfileName)> {
    let id = assigned.account.account_id.as_str();
    let [account_name, role_name] =
        [&assigned.account.account_name, &assigned.role_name].map(|text| plain(text));
    let readable = (is_alone && !account_name.is_empty()).then(|| format!("{account_name}.{role_name}"));
    let unique = format!("{id}.{role_name}");
    let numbered = (2..).map(|number| format!("{id}.{role_name}.{number}"));
    // One more than are taken: one of them is free.
    let tried = readable.into_iter().chain([unique]).chain(numbered).take(taken.len() + 3);
    let name = tried.into_iter().find(|name| !taken.contains(&name.to_ascii_lowercase()))?;
    Some((SessionId::parse(&name).ok()?, ProfileName::parse(&name).ok()?))
}

/// What every file, shell and vault takes as it is, and no more of it than leaves room for the rest of a name.
fn plain(text: &str) -> String {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || "_+-".contains(c);
    let words = text.split(|c: char| !is_plain(c)).filter(|word| !word.is_empty());
    // A name that begins with a hyphen is an option to many programs.
    words.collect::<Vec<_>>().join("-").trim_start_matches('-').chars().take(LONGEST_PART).collect()
}
