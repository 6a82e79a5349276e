//! What a role's trust policy says of web identities.

use std::sync::Arc;

use super::WebIdentity;
use crate::aws::string_like::is_like;

/// Trust in whom an OIDC provider vouches for, narrowed down by conditions. Made by
/// [`OidcProvider::trust`](super::OidcProvider::trust).
#[derive(Clone, Debug)]
pub struct WebIdentityTrust {
    provider_arn: Arc<str>,
    audience: Option<String>,
    subject: Option<String>,
}

impl WebIdentityTrust {
    pub(in crate::aws) fn new(provider_arn: Arc<str>) -> Self {
        Self { provider_arn, audience: None, subject: None }
    }

    /// Asks for an audience: `StringEquals` on `ISSUER:aud`.
    #[must_use]
    pub fn with_audience(self, audience: &str) -> Self {
        Self { audience: Some(audience.to_owned()), ..self }
    }

    /// Asks for a subject that is like a pattern of `*` and `?`: `StringLike` on `ISSUER:sub`.
    #[must_use]
    pub fn with_subject(self, pattern: &str) -> Self {
        Self { subject: Some(pattern.to_owned()), ..self }
    }

    pub(in crate::aws) fn is_for(&self, identity: &WebIdentity) -> bool {
        let Self { provider_arn, audience, subject } = self;
        **provider_arn == *identity.provider_arn
            && audience.as_ref().is_none_or(|audience| *audience == identity.audience)
            && subject.as_ref().is_none_or(|pattern| is_like(&identity.subject, pattern))
    }
}
