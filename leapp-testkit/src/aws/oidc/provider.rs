//! A provider: its name, its audiences and its key.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

use leapp_core::AccountId;
use p256::ecdsa::{SigningKey, VerifyingKey};

use super::WebIdentityTrust;
use crate::aws::account::Partition;
use crate::aws::mint::Mint;

/// An OIDC provider of an account, as a test holds it: it signs tokens.
#[derive(Clone)]
pub struct OidcProvider {
    arn: Arc<str>,
    issuer_url: Arc<str>,
    client_ids: Arc<[String]>,
    pub(super) key_id: Arc<str>,
    pub(super) key: SigningKey,
}

/// A way for a provider to fail, for [`FakeAws::fail_oidc_provider`](crate::aws::FakeAws::fail_oidc_provider).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum OidcFailure {
    /// AWS cannot reach it: `IDPCommunicationError`, 400.
    OutOfReach,
    /// It disowns its tokens: `IDPRejectedClaim`, 403.
    RejectsClaims,
}

/// The providers of all accounts, by ARN.
#[derive(Default)]
pub(in crate::aws) struct OidcProviders(BTreeMap<Arc<str>, Known>);

struct Known {
    provider: OidcProvider,
    failure: Option<OidcFailure>,
}

impl OidcProvider {
    #[expect(clippy::expect_used, reason = "the mint keeps to the scalars that are keys")]
    pub(super) fn new(
        partition: Partition,
        account_id: &AccountId,
        issuer_url: &str,
        client_ids: &[&str],
        mint: &mut Mint,
    ) -> Self {
        let is_address = ["https://", "http://"].iter().any(|scheme| issuer_url.starts_with(scheme));
        assert!(is_address && issuer_url.len() > "https://".len(), "{issuer_url} is not an issuer's address");
        Self {
            arn: arn(partition.as_str(), account_id, issuer_url).into(),
            issuer_url: issuer_url.into(),
            client_ids: client_ids.iter().map(|id| (*id).to_owned()).collect(),
            key_id: mint.key_id().into(),
            key: SigningKey::from_slice(&mint.p256_scalar()).expect("a private key"),
        }
    }

    /// The ARN: `arn:aws:iam::ACCOUNT:oidc-provider/HOST/PATH`.
    pub fn arn(&self) -> &str {
        &self.arn
    }

    /// The issuer, as its tokens name it.
    pub fn issuer_url(&self) -> &str {
        &self.issuer_url
    }

    /// Trust in this provider, for [`RoleSpec::with_trusted`](crate::aws::RoleSpec::with_trusted).
    pub fn trust(&self) -> WebIdentityTrust {
        WebIdentityTrust::new(Arc::clone(&self.arn))
    }

    /// The first of the audiences that it was made for.
    pub(in crate::aws) fn known_audience<'t>(&self, audiences: &[&'t str]) -> Option<&'t str> {
        audiences.iter().copied().find(|one| self.client_ids.iter().any(|id| id == one))
    }

    pub(in crate::aws) fn verifying_key(&self, key_id: &str) -> Option<&VerifyingKey> {
        (*self.key_id == *key_id).then(|| self.key.verifying_key())
    }
}

impl fmt::Debug for OidcProvider {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("OidcProvider").field("arn", &self.arn).finish_non_exhaustive()
    }
}

impl OidcProviders {
    pub(super) fn add(&mut self, provider: OidcProvider) {
        self.0.insert(Arc::clone(&provider.arn), Known { provider, failure: None });
    }

    pub(super) fn fail(&mut self, provider: &OidcProvider, failure: Option<OidcFailure>) {
        if let Some(known) = self.0.get_mut(&provider.arn) {
            known.failure = failure;
        }
    }

    /// The provider of an issuer in an account, and how it fails.
    pub(in crate::aws) fn of_issuer(
        &self,
        partition: &str,
        account_id: &AccountId,
        issuer_url: &str,
    ) -> Option<(&OidcProvider, Option<OidcFailure>)> {
        let known = self.0.get(&*arn(partition, account_id, issuer_url))?;
        Some((&known.provider, known.failure))
    }

    pub(super) fn with_arn(&self, arn: &str) -> Option<&OidcProvider> {
        self.0.get(arn).map(|known| &known.provider)
    }

    /// The provider whose issuer is at this address.
    pub(super) fn at(&self, host_and_path: &str) -> Option<&OidcProvider> {
        let mut providers = self.0.values().map(|known| &known.provider);
        providers
            .find(|provider| host_and_path_of(&provider.issuer_url).trim_end_matches('/') == host_and_path)
    }
}

pub(in crate::aws) fn arn(partition: &str, account_id: &AccountId, issuer_url: &str) -> String {
    format!("arn:{partition}:iam::{account_id}:oidc-provider/{}", host_and_path_of(issuer_url))
}

/// A slash at the end is part of it: <https://github.com/aws/aws-sam-cli/issues/7432>.
fn host_and_path_of(issuer_url: &str) -> &str {
    let rest = issuer_url.strip_prefix("https://").or_else(|| issuer_url.strip_prefix("http://"));
    rest.unwrap_or(issuer_url)
}
