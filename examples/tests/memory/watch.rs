//! The secrets of one flow, and how many copies of them are on the heap.

use std::sync::Mutex;

use leapp_core::{Secret, SessionCredentials};
use leapp_testkit::leak::Canary;

/// The kinds of secret that this library handles.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    AccessKey,
    CreatedAccessKey,
    Passphrase,
    PortalToken,
    SamlResponse,
    SessionToken,
    TemporaryKey,
    TotpSeed,
    WebIdentityToken,
}

impl Kind {
    pub(crate) const ALL: [Self; 9] = [
        Self::AccessKey,
        Self::CreatedAccessKey,
        Self::TotpSeed,
        Self::Passphrase,
        Self::PortalToken,
        Self::SamlResponse,
        Self::WebIdentityToken,
        Self::TemporaryKey,
        Self::SessionToken,
    ];

    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::AccessKey => "secret access key",
            Self::CreatedAccessKey => "secret access key that IAM made",
            Self::Passphrase => "passphrase",
            Self::PortalToken => "portal's tokens",
            Self::SamlResponse => "SAML response",
            Self::SessionToken => "session token",
            Self::TemporaryKey => "temporary secret access key",
            Self::TotpSeed => "TOTP seed",
            Self::WebIdentityToken => "web identity token",
        }
    }
}

#[derive(Debug, Default)]
pub(crate) struct Watch(Mutex<Vec<(Kind, Canary)>>);

impl Watch {
    pub(crate) fn secret(&self, kind: Kind, secret: &Secret) {
        self.text(kind, secret.expose());
    }

    pub(crate) fn text(&self, kind: Kind, secret: &str) {
        let canary = Canary::of(secret);
        assert!(canary.copies().unwrap() > 0, "the {} is held right now, and not found", kind.name());
        self.0.lock().unwrap().push((kind, canary));
    }

    pub(crate) fn set(&self, set: &SessionCredentials) {
        self.secret(Kind::TemporaryKey, set.secret_access_key());
        self.secret(Kind::SessionToken, set.session_token());
    }

    /// How many copies of a kind are on the heap; `None` when the flow has no secret of it.
    pub(crate) fn copies(&self, kind: Kind) -> Option<usize> {
        let canaries = self.0.lock().unwrap();
        let of_kind = canaries.iter().filter(|(of, _)| *of == kind);
        of_kind.map(|(_, canary)| canary.copies_on_the_heap().unwrap()).reduce(|sum, copies| sum + copies)
    }
}
