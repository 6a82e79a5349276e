//! Whom a role can trust: all that is in the file.

use std::collections::BTreeSet;

use leapp_core::{AccountId, RoleArn};
use toml::Spanned;

use super::oidc_providers::OidcPlan;
use super::problem::Problem;
use super::saml_providers::SamlPlan;
use super::shape::WebIdentity;
use super::users::UserPlan;
use crate::aws::{Trusted, WebIdentityTrust};

pub(super) struct There<'a> {
    pub(super) users: &'a [UserPlan],
    pub(super) roles: &'a BTreeSet<RoleArn>,
    pub(super) saml: &'a [SamlPlan],
    pub(super) oidc: &'a [OidcPlan],
}

impl There<'_> {
    /// An account may be anybody's. All else has to be there, as AWS demands of a trust policy.
    pub(super) fn find(&self, whom: &Spanned<String>, account_id: &AccountId) -> Result<Trusted, Problem> {
        let text = whom.get_ref().as_str();
        let account = text.strip_suffix(":root").and_then(|arn| arn.rsplit(':').next()).unwrap_or(text);
        if let Ok(account_id) = AccountId::parse(account) {
            return Ok(account_id.into());
        }
        if let Some(role_arn) = self.roles.get(text) {
            return Ok(role_arn.clone().into());
        }
        if let Some(provider) = self.saml.iter().find(|provider| provider.arn.as_str() == text) {
            if provider.account_id != *account_id {
                return Err(Problem::at(whom, "a role trusts SAML providers of its own account only"));
            }
            return Ok(provider.arn.clone().into());
        }
        if self.oidc.iter().any(|provider| provider.arn == text) {
            return Err(Problem::at(whom, "OIDC providers stand in `trusts_web_identity`"));
        }
        match self.users.iter().find(|user| user.arn.as_str() == text) {
            Some(user) => Ok(user.arn.clone().into()),
            None => Err(Problem::at(
                whom,
                "it is neither an account nor the ARN of a user, a role or a SAML provider in this file",
            )),
        }
    }

    pub(super) fn web_identity(
        &self,
        identity: &WebIdentity,
        account_id: &AccountId,
    ) -> Result<Trusted, Problem> {
        let WebIdentity { provider, audience, subject } = identity;
        let Some(known) = self.oidc.iter().find(|known| known.arn == *provider.get_ref()) else {
            return Err(Problem::at(provider, "it is not the ARN of an OIDC provider in this file"));
        };
        if known.account_id != *account_id {
            return Err(Problem::at(provider, "a role trusts OIDC providers of its own account only"));
        }
        let mut trust = WebIdentityTrust::new(known.arn.as_str().into());
        if let Some(audience) = audience {
            if !known.audiences.contains(audience.get_ref()) {
                return Err(Problem::at(audience, "the provider has no such audience"));
            }
            trust = trust.with_audience(audience.get_ref());
        }
        if let Some(subject) = subject {
            trust = trust.with_subject(subject.get_ref());
        }
        Ok(trust.into())
    }
}
