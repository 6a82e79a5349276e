//! Identity providers of accounts that speak OpenID Connect, and the tokens they sign.

mod claims;
mod discovery;
#[cfg(any(test, feature = "fuzzing"))]
pub(super) mod fuzzing;
mod identity;
mod issuers;
mod jwk;
mod jws;
mod provider;
mod tags;
mod token;
mod token_page;
mod trust;

use std::sync::Arc;

use leapp_core::{AccountId, Error};

use super::FakeAws;
use issuers::OidcIssuer;
use jwk::Jwk;

pub use claims::WebIdentityClaims;
pub(super) use discovery::{PATH, SERVICE};
pub(super) use identity::WebIdentity;
pub(super) use issuers::OidcIssuers;
pub(super) use provider::arn;
pub use provider::{OidcFailure, OidcProvider};
pub(super) use tags::TokenTags;
pub use token::TokenDamage;
pub(super) use token_page::{TOKEN_PATH, TOKEN_SERVICE};
pub use trust::WebIdentityTrust;

impl FakeAws {
    /// Makes an OIDC provider of an account, with a signing key of its own, for tokens of that issuer to these audiences.
    ///
    /// An issuer below the fake's own address, `{endpoint_url}/oidc-provider/NAME`, also serves its discovery document
    /// and its keys there. Making one again for the same issuer gives it a new key: tokens of the old one are refused.
    ///
    /// ```
    /// # use std::sync::Arc;
    /// # use leapp_core::{AccountId, Clock as _};
    /// # use leapp_testkit::aws::{FakeAws, RoleSpec, WebIdentityClaims};
    /// # use leapp_testkit::clock::ManualClock;
    /// # let clock = ManualClock::new(std::time::SystemTime::UNIX_EPOCH + std::time::Duration::from_secs(1_700_000_000));
    /// # let aws = FakeAws::new(Arc::new(clock.clone()));
    /// # let account = AccountId::parse("111122223333")?;
    /// let provider = aws.add_oidc_provider(&account, "https://token.example.com", &["sts.amazonaws.com"]);
    /// aws.add_role(RoleSpec::new(&account, "Deploy").with_trusted(provider.trust().with_subject("repo:octo/*")));
    ///
    /// let claims = WebIdentityClaims::new("sts.amazonaws.com", "repo:octo/app:ref:refs/heads/main");
    /// let web_identity_token = provider.token_at(&claims, clock.now());
    /// assert_eq!(provider.arn(), "arn:aws:iam::111122223333:oidc-provider/token.example.com");
    /// assert_eq!(web_identity_token.expose().split('.').count(), 3);
    /// # Ok::<(), leapp_core::Error>(())
    /// ```
    ///
    /// # Panics
    /// When the issuer is not an address: the test has to be corrected.
    pub fn add_oidc_provider(
        &self,
        account_id: &AccountId,
        issuer_url: &str,
        client_ids: &[&str],
    ) -> OidcProvider {
        let world = &mut *self.world();
        let partition = world.accounts.partition(account_id);
        let provider = OidcProvider::new(partition, account_id, issuer_url, &mut world.mint);
        world.oidc_issuers.add(OidcIssuer::own(&provider, client_ids));
        provider
    }

    /// Makes an OIDC provider of an account for an issuer that is not part of the world, or replaces the one that there
    /// is. Its tokens to these audiences are believed when a key of the set signed them (RS256, ES256 and their longer
    /// kin); the trust is for [`RoleSpec::with_trusted`](crate::aws::RoleSpec::with_trusted).
    ///
    /// AWS fetches the set itself, and only over HTTPS. Here the test does, from the `jwks_uri` of the issuer's discovery
    /// document, and again when the issuer has new keys.
    ///
    /// # Errors
    /// [`ErrorKind::InvalidInput`](leapp_core::ErrorKind::InvalidInput) when the document is no JSON Web Key Set with a
    /// key for signatures.
    ///
    /// # Panics
    /// When the issuer is not an address: the test has to be corrected.
    pub fn add_oidc_provider_from_jwks(
        &self,
        account_id: &AccountId,
        issuer_url: &str,
        client_ids: &[&str],
        jwks: &str,
    ) -> Result<WebIdentityTrust, Error> {
        provider::assert_address(issuer_url);
        let keys = Jwk::parse_set(jwks)?;
        let world = &mut *self.world();
        let partition = world.accounts.partition(account_id);
        let arn: Arc<str> = arn(partition.as_str(), account_id, issuer_url).into();
        world.oidc_issuers.add(OidcIssuer::foreign(Arc::clone(&arn), client_ids, keys));
        Ok(WebIdentityTrust::new(arn))
    }

    /// Makes every use of a provider's tokens fail in this way from now on; none ends it.
    pub fn fail_oidc_provider(&self, provider: &OidcProvider, failure: Option<OidcFailure>) {
        self.world().oidc_issuers.fail(provider, failure);
    }
}
