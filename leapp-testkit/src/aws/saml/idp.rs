//! An identity provider of the world: whom it knows, and where it sends them.

use std::collections::{BTreeMap, VecDeque};
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use data_encoding::BASE64;
use leapp_core::Secret;
use subtle::ConstantTimeEq;

use super::key::SigningKey;
use super::metadata;
use super::response::Issuing;
use super::spec::SamlAssertionSpec;
use crate::aws::mint::Mint;

/// How long a browser stays logged in.
const LOGIN_LASTS: Duration = Duration::from_secs(8 * 3600);
/// What a server that runs for days remembers.
const MOST_LOGINS: usize = 1_000;

pub(super) struct Idp {
    pub(super) entity_id: String,
    pub(super) key: Arc<SigningKey>,
    /// Where its users' browsers take the response.
    pub(super) assertion_consumer: String,
    users: BTreeMap<String, User>,
    logins: VecDeque<Login>,
}

struct User {
    password: Secret,
    spec: SamlAssertionSpec,
}

/// A browser that is logged in.
struct Login {
    token: Secret,
    user_name: String,
    until: SystemTime,
}

impl Idp {
    pub(super) fn new(name: &str, assertion_consumer: String, key: Arc<SigningKey>) -> Self {
        Self {
            entity_id: format!("https://idp.example.com/{name}"),
            key,
            assertion_consumer,
            users: BTreeMap::new(),
            logins: VecDeque::new(),
        }
    }

    /// Adds a user, or replaces the one of that name and ends its logins.
    pub(super) fn add_user(&mut self, user_name: &str, password: Secret, spec: SamlAssertionSpec) {
        self.logins.retain(|login| login.user_name != user_name);
        self.users.insert(user_name.to_owned(), User { password, spec });
    }

    /// The token of a new login, when there is such a user with that password.
    pub(super) fn log_in(
        &mut self,
        user_name: &str,
        password: &str,
        token: Secret,
        now: SystemTime,
    ) -> Option<Secret> {
        let user = self.users.get(user_name)?;
        if !bool::from(user.password.expose().as_bytes().ct_eq(password.as_bytes())) {
            return None;
        }
        if self.logins.len() == MOST_LOGINS {
            self.logins.pop_front();
        }
        let login = Login { token: token.clone(), user_name: user_name.to_owned(), until: now + LOGIN_LASTS };
        self.logins.push_back(login);
        Some(token)
    }

    /// What a browser with that token is: a user of whom to write.
    pub(super) fn logged_in(&self, token: &str, now: SystemTime) -> Option<&SamlAssertionSpec> {
        let is_it = |login: &&Login| bool::from(login.token.expose().as_bytes().ct_eq(token.as_bytes()));
        let login = self.logins.iter().find(is_it).filter(|login| now < login.until)?;
        self.users.get(&login.user_name).map(|user| &user.spec)
    }

    /// A response, as a browser posts it.
    pub(super) fn respond(&self, spec: &SamlAssertionSpec, ids: [String; 2], now: SystemTime) -> Secret {
        let Self { entity_id, key, assertion_consumer, users: _, logins: _ } = self;
        respond(&Issuing { entity_id, assertion_consumer, key, now, ids }, spec)
    }

    pub(super) fn metadata(&self, login_address: &str) -> String {
        metadata::write(&self.entity_id, &self.key.certificate(), login_address)
    }
}

pub(super) fn respond(issuing: &Issuing<'_>, spec: &SamlAssertionSpec) -> Secret {
    Secret::new(BASE64.encode(issuing.response(spec).as_bytes()))
}

/// Ids for a response and its assertion; an id of XML does not begin with a digit.
pub(super) fn ids(mint: &mut Mint) -> [String; 2] {
    [mint.request_id(), mint.request_id()].map(|id| format!("_{id}"))
}
