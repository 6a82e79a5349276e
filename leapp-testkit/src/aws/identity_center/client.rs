//! A registered client, and what it registered for.

use std::collections::BTreeSet;
use std::time::SystemTime;

use super::digest::Digest;
use super::redirect_uri::RedirectUri;

/// The scope that comes with refresh tokens.
pub(super) const ACCOUNT_ACCESS: &str = "sso:account:access";

pub(super) struct Client {
    pub(super) name: String,
    pub(super) secret: Digest,
    /// The Region that it registered in; none when it registered on loopback.
    pub(super) region: Option<String>,
    pub(super) scopes: BTreeSet<String>,
    pub(super) grant_types: BTreeSet<GrantType>,
    pub(super) redirect_uris: Vec<RedirectUri>,
    pub(super) issuer_url: Option<String>,
    pub(super) secret_expires_at: SystemTime,
}

/// A way to obtain a token.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum GrantType {
    AuthorizationCode,
    DeviceCode,
    RefreshToken,
}

impl Client {
    pub(super) fn can_refresh(&self) -> bool {
        self.scopes.contains(ACCOUNT_ACCESS) && self.grant_types.contains(&GrantType::RefreshToken)
    }

    /// The client's own redirect URI, asked for in this form.
    pub(super) fn redirect_uri(&self, asked: &str) -> Option<RedirectUri> {
        let asked = RedirectUri::parse(asked)?;
        self.redirect_uris.iter().any(|one| one.allows(&asked)).then_some(asked)
    }
}

impl GrantType {
    pub(super) fn parse(text: &str) -> Option<Self> {
        match text {
            "authorization_code" => Some(Self::AuthorizationCode),
            "urn:ietf:params:oauth:grant-type:device_code" => Some(Self::DeviceCode),
            "refresh_token" => Some(Self::RefreshToken),
            _ => None,
        }
    }
}
