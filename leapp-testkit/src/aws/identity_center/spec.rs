//! What an instance is like, as a test makes it.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use leapp_core::{AccountId, Region, Secret};

/// What an instance of IAM Identity Center of [`FakeAws`](crate::aws::FakeAws) is like.
///
/// As it begins, it has no users, a person stays signed in for eight hours, clients poll once a second, and the portal
/// takes twenty calls a second with one token.
///
/// ```
/// use std::time::Duration;
/// use leapp_core::{AccountId, Region, Secret};
/// use leapp_testkit::aws::IdentityCenterSpec;
///
/// let account = AccountId::parse("111122223333")?;
/// let spec = IdentityCenterSpec::new("https://d-1234567890.awsapps.com/start", &Region::parse("eu-west-1")?)
///     .with_user("alice", Secret::new("correct horse"))
///     .with_account(&account, "Development", "dev@example.com")
///     .with_permission_set("ReadOnly", Duration::from_secs(3600))
///     .with_assignment("alice", &account, "ReadOnly");
/// # let _ = spec;
/// # Ok::<(), leapp_core::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct IdentityCenterSpec {
    pub(super) region: Region,
    pub(super) start_urls: Vec<String>,
    pub(super) users: BTreeMap<String, Secret>,
    pub(super) accounts: BTreeMap<AccountId, AccountEntry>,
    pub(super) permission_sets: BTreeMap<String, Duration>,
    pub(super) assignments: BTreeSet<Assignment>,
    pub(super) session_duration: Duration,
    pub(super) access_token_duration: Option<Duration>,
    pub(super) polling_interval: u32,
    pub(super) portal_calls_per_second: u32,
}

/// What the portal says of an account.
#[derive(Clone, Debug)]
pub(super) struct AccountEntry {
    pub(super) name: String,
    pub(super) email: String,
}

/// Who may use which permission set where.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Assignment {
    pub(super) user: String,
    pub(super) account_id: AccountId,
    pub(super) permission_set: String,
}

impl IdentityCenterSpec {
    /// An instance of a Region, with its start URL.
    pub fn new(start_url: &str, region: &Region) -> Self {
        Self {
            region: region.clone(),
            start_urls: vec![normal(start_url)],
            users: BTreeMap::new(),
            accounts: BTreeMap::new(),
            permission_sets: BTreeMap::new(),
            assignments: BTreeSet::new(),
            session_duration: Duration::from_secs(8 * 3600),
            access_token_duration: None,
            polling_interval: 1,
            portal_calls_per_second: 20,
        }
    }

    /// Adds a start URL, as an alias is one: `https://example.awsapps.com/start`.
    #[must_use]
    pub fn with_alias(mut self, start_url: &str) -> Self {
        self.start_urls.push(normal(start_url));
        self
    }

    /// Adds a person.
    #[must_use]
    pub fn with_user(mut self, user_name: &str, password: Secret) -> Self {
        self.users.insert(user_name.to_owned(), password);
        self
    }

    /// Adds an account of the organization.
    #[must_use]
    pub fn with_account(mut self, account_id: &AccountId, name: &str, email: &str) -> Self {
        let entry = AccountEntry { name: name.to_owned(), email: email.to_owned() };
        self.accounts.insert(account_id.clone(), entry);
        self
    }

    /// Adds a permission set, and how long its sessions last: one to twelve hours.
    #[must_use]
    pub fn with_permission_set(mut self, name: &str, session_duration: Duration) -> Self {
        self.permission_sets.insert(name.to_owned(), session_duration);
        self
    }

    /// Gives a person a permission set in an account.
    #[must_use]
    pub fn with_assignment(mut self, user_name: &str, account_id: &AccountId, permission_set: &str) -> Self {
        self.assignments.insert(Assignment {
            user: user_name.to_owned(),
            account_id: account_id.clone(),
            permission_set: permission_set.to_owned(),
        });
        self
    }

    /// Sets how long a person stays signed in; no token outlives it. AWS allows fifteen minutes to ninety days.
    #[must_use]
    pub fn with_session_duration(self, session_duration: Duration) -> Self {
        Self { session_duration, ..self }
    }

    /// Sets how long an access token is valid. Unless told, that is an hour for a client that may refresh it, and as long
    /// as the person stays signed in for one that may not.
    #[must_use]
    pub fn with_access_token_duration(self, access_token_duration: Duration) -> Self {
        Self { access_token_duration: Some(access_token_duration), ..self }
    }

    /// Sets how many seconds a client has to wait between two polls.
    #[must_use]
    pub fn with_polling_interval(self, seconds: u32) -> Self {
        Self { polling_interval: seconds, ..self }
    }

    /// Sets how many calls the portal takes in a second with one access token; at least one.
    #[must_use]
    pub fn with_portal_calls_per_second(self, calls: u32) -> Self {
        Self { portal_calls_per_second: calls, ..self }
    }
}

/// `/start`, `/start/` and `/start#/` are one.
pub(super) fn normal(start_url: &str) -> String {
    start_url.trim_end_matches(['/', '#']).to_owned()
}
