//! The services behind the one address, and which of them a request is for.

use super::answer::Answer;
use super::auth::SigningName;
use super::fault::Failure;
use super::incoming::Incoming;
use super::refusal::Refusal;
use super::world::World;
use super::{iam, identity_center, oidc, query, saml, sign_in, sts};

/// A service: a protocol, and operations that speak it.
pub(super) struct Service {
    pub(super) name: &'static str,
    /// The operation that is asked for, for the record and for scripted faults; empty when it is none.
    pub(super) action: fn(&Incoming<'_>) -> String,
    pub(super) answer: fn(&Incoming<'_>, &mut World) -> Result<Answer, Refusal>,
    /// How this service says that it fails.
    pub(super) failure: fn(Failure) -> Refusal,
    /// How this service puts a refusal.
    pub(super) render: fn(&Refusal, &Incoming<'_>) -> Answer,
}

impl Service {
    /// The one that a request's path belongs to. What belongs to none is answered by STS, as unknown.
    pub(super) fn of(incoming: &Incoming<'_>) -> &'static Self {
        match incoming.path() {
            path if saml::is_page(path) => &saml::SERVICE,
            sign_in::PATH => &sign_in::SERVICE,
            oidc::TOKEN_PATH => &oidc::TOKEN_SERVICE,
            path if path.starts_with(oidc::PATH) => &oidc::SERVICE,
            path => identity_center::service(path).unwrap_or_else(|| Self::of_query(incoming)),
        }
    }

    /// One that speaks the Query protocol: by its host, and on loopback by the version of its API.
    fn of_query(incoming: &Incoming<'_>) -> &'static Self {
        let is_iam = match SigningName::of_host(incoming.host()) {
            Some(name) => name == SigningName::Iam,
            None => query::version(incoming.parameters()) == iam::VERSION,
        };
        if is_iam { &iam::SERVICE } else { &sts::SERVICE }
    }
}
