//! The ARN of a SAML provider.

use std::fmt;
use std::sync::Arc;

use leapp_core::AccountId;

use crate::aws::account::Partition;

/// The ARN of a SAML provider of the fake: `arn:aws:iam::111122223333:saml-provider/Corp`. Where an ARN of
/// [`leapp_core`] is wanted, its [`parse`](leapp_core::SamlProviderArn::parse) reads [`as_str`](Self::as_str).
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SamlProviderArn(Arc<str>);

impl SamlProviderArn {
    pub(super) fn new(partition: Partition, account_id: &AccountId, name: &str) -> Self {
        Self(format!("arn:{partition}:iam::{account_id}:saml-provider/{name}").into())
    }

    /// Reads an ARN that has the form of one; whether there is such a provider, the world knows.
    pub(in crate::aws) fn parse(text: &str) -> Option<Self> {
        let fields: Vec<&str> = text.splitn(6, ':').collect();
        let ["arn", partition, "iam", "", account_id, resource] = fields[..] else { return None };
        let is_one = Partition::parse(partition).is_some()
            && AccountId::parse(account_id).is_ok()
            && resource.strip_prefix("saml-provider/").is_some_and(|name| !name.is_empty());
        is_one.then(|| Self(text.into()))
    }

    /// The ARN's text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The account's twelve digits.
    pub fn account_id(&self) -> &str {
        self.0.split(':').nth(4).unwrap_or_default()
    }

    /// The provider's name, the last part.
    pub fn name(&self) -> &str {
        self.0.rsplit('/').next().unwrap_or_default()
    }

    pub(in crate::aws) fn partition(&self) -> Partition {
        self.0.split(':').nth(1).and_then(Partition::parse).unwrap_or_default()
    }
}

impl fmt::Display for SamlProviderArn {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}
