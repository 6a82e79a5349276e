//! SAML 2.0: providers of accounts, the identity providers behind them, and the pages that a browser sees.
//!
//! What comes from outside passes one [door], is believed as far as a [signature] reaches, and is held against AWS's
//! [conditions] before anything is read from it.

mod arn;
mod assertion;
mod c14n;
mod conditions;
mod door;
mod endpoints;
#[cfg(any(test, feature = "fuzzing"))]
pub(super) mod fuzzing;
mod idp;
mod key;
mod metadata;
mod names;
mod pages;
mod provider;
mod redeem;
mod refusals;
mod response;
mod signature;
#[cfg(test)]
mod slow_key;
mod spec;

use std::collections::{BTreeMap, BTreeSet};

pub use arn::SamlProviderArn;
pub(super) use assertion::Assertion;
pub use key::SamlKey;
pub(super) use pages::{SERVICE, is_page};
pub use provider::SamlProvider;
pub(super) use redeem::redeem;
pub(super) use refusals::{invalid_identity_token as wrong_claim, not_authorized, response_expired};
pub use spec::{SamlAssertionSpec, SamlDamage, SamlSigning};

use idp::Idp;
use provider::Provider;

/// What a world knows of SAML.
#[derive(Default)]
pub(super) struct Saml {
    providers: BTreeMap<SamlProviderArn, Provider>,
    /// By the name in the address of the login page.
    idps: BTreeMap<String, Idp>,
    /// Recipients that are accepted beside AWS's own sign-in pages.
    sign_in_addresses: BTreeSet<String>,
}
