//! The issuers that accounts believe.

use std::collections::BTreeMap;
use std::sync::Arc;

use leapp_core::AccountId;

use super::jwk::Jwk;
use super::provider::{OidcFailure, OidcProvider, arn, host_and_path};

/// By the ARN of the provider.
#[derive(Default)]
pub(in crate::aws) struct OidcIssuers(BTreeMap<Arc<str>, OidcIssuer>);

/// What an account believes of an issuer.
#[derive(Clone)]
pub(in crate::aws) struct OidcIssuer {
    pub(super) arn: Arc<str>,
    pub(super) client_ids: Arc<[String]>,
    pub(super) keys: Arc<[Jwk]>,
    pub(super) failure: Option<OidcFailure>,
    /// What signs, when the issuer is part of the world.
    own: Option<OidcProvider>,
}

impl OidcIssuer {
    /// One of this world.
    pub(super) fn own(provider: &OidcProvider, client_ids: &[&str]) -> Self {
        let key = Jwk::of_p256(&provider.key_id, provider.key.verifying_key());
        let own = Some(provider.clone());
        Self { own, ..Self::foreign(provider.arn().into(), client_ids, vec![key]) }
    }

    /// One of whom there is no more than its keys.
    pub(super) fn foreign(arn: Arc<str>, client_ids: &[&str], keys: Vec<Jwk>) -> Self {
        let client_ids = client_ids.iter().map(|id| (*id).to_owned()).collect();
        Self { arn, client_ids, keys: keys.into(), failure: None, own: None }
    }

    /// The first of the audiences that its provider was made for.
    pub(super) fn known_audience<'t>(&self, audiences: &[&'t str]) -> Option<&'t str> {
        audiences.iter().copied().find(|one| self.client_ids.iter().any(|id| id == one))
    }

    pub(super) fn key(&self, id: &str) -> Option<&Jwk> {
        self.keys.iter().find(|key| key.id == id)
    }
}

impl OidcIssuers {
    pub(super) fn add(&mut self, issuer: OidcIssuer) {
        self.0.insert(Arc::clone(&issuer.arn), issuer);
    }

    pub(super) fn fail(&mut self, provider: &OidcProvider, failure: Option<OidcFailure>) {
        if let Some(issuer) = self.0.get_mut(provider.arn()) {
            issuer.failure = failure;
        }
    }

    /// The issuer of this address, when the account believes it.
    pub(super) fn of_account(
        &self,
        partition: &str,
        account_id: &AccountId,
        issuer_url: &str,
    ) -> Option<&OidcIssuer> {
        self.0.get(&*arn(partition, account_id, issuer_url))
    }

    /// The provider with this ARN that can sign.
    pub(super) fn with_arn(&self, arn: &str) -> Option<&OidcProvider> {
        self.0.get(arn).and_then(|issuer| issuer.own.as_ref())
    }

    /// The provider whose issuer is at this address, in this world.
    pub(super) fn at(&self, address: &str) -> Option<&OidcProvider> {
        let mut providers = self.0.values().filter_map(|issuer| issuer.own.as_ref());
        providers.find(|provider| host_and_path(provider.issuer_url()).trim_end_matches('/') == address)
    }
}
