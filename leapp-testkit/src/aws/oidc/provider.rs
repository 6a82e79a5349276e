//! A provider: its name and its key.

use std::fmt;
use std::sync::Arc;

use leapp_core::AccountId;
use p256::ecdsa::SigningKey;

use super::WebIdentityTrust;
use crate::aws::account::Partition;
use crate::aws::mint::Mint;

/// An OIDC provider of an account, as a test holds it: it signs tokens.
#[derive(Clone)]
pub struct OidcProvider {
    arn: Arc<str>,
    issuer_url: Arc<str>,
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

impl OidcProvider {
    #[expect(clippy::expect_used, reason = "the mint keeps to the scalars that are keys")]
    pub(super) fn new(
        partition: Partition,
        account_id: &AccountId,
        issuer_url: &str,
        mint: &mut Mint,
    ) -> Self {
        assert_address(issuer_url);
        Self {
            arn: arn(partition.as_str(), account_id, issuer_url).into(),
            issuer_url: issuer_url.into(),
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
}

impl fmt::Debug for OidcProvider {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("OidcProvider").field("arn", &self.arn).finish_non_exhaustive()
    }
}

/// # Panics
/// When it is none: the test has to be corrected.
pub(super) fn assert_address(issuer_url: &str) {
    let is_address = ["https://", "http://"].iter().any(|scheme| issuer_url.starts_with(scheme));
    assert!(is_address && issuer_url.len() > "https://".len(), "{issuer_url} is not an issuer's address");
}

pub(in crate::aws) fn arn(partition: &str, account_id: &AccountId, issuer_url: &str) -> String {
    format!("arn:{partition}:iam::{account_id}:oidc-provider/{}", host_and_path(issuer_url))
}

/// A slash at the end is part of it: <https://github.com/aws/aws-sam-cli/issues/7432>.
pub(super) fn host_and_path(issuer_url: &str) -> &str {
    let rest = issuer_url.strip_prefix("https://").or_else(|| issuer_url.strip_prefix("http://"));
    rest.unwrap_or(issuer_url)
}
