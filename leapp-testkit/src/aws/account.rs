//! Accounts and the partitions they belong to.

use std::collections::BTreeMap;
use std::fmt;

use leapp_core::AccountId;

/// A partition: a group of Regions with accounts, endpoints and an ARN prefix of its own.
///
/// See [partitions](https://docs.aws.amazon.com/whitepapers/latest/aws-fault-isolation-boundaries/partitions.html).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum Partition {
    /// Commercial Regions: `aws`.
    #[default]
    Aws,
    /// China: `aws-cn`.
    China,
    /// The European Sovereign Cloud: `aws-eusc`.
    EuropeanSovereign,
    /// GovCloud (US): `aws-us-gov`.
    UsGov,
}

/// Which account is where. One that nobody placed is in `aws`.
#[derive(Default)]
pub(super) struct Accounts(BTreeMap<AccountId, Partition>);

impl Partition {
    /// The second field of every ARN.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Aws => "aws",
            Self::China => "aws-cn",
            Self::EuropeanSovereign => "aws-eusc",
            Self::UsGov => "aws-us-gov",
        }
    }

    /// The partition of that name, if there is one.
    pub fn parse(name: &str) -> Option<Self> {
        [Self::Aws, Self::China, Self::EuropeanSovereign, Self::UsGov]
            .into_iter()
            .find(|one| one.as_str() == name)
    }

    /// The partition that a Region is in, by the Region's name.
    pub fn of_region(region: &str) -> Self {
        match region.split('-').next() {
            Some("cn") => Self::China,
            Some("eusc") => Self::EuropeanSovereign,
            Some("us") if region.starts_with("us-gov-") => Self::UsGov,
            _ => Self::Aws,
        }
    }
}

impl fmt::Display for Partition {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl Accounts {
    pub(super) fn place(&mut self, account_id: &AccountId, partition: Partition) {
        self.0.insert(account_id.clone(), partition);
    }

    pub(super) fn partition(&self, account_id: &AccountId) -> Partition {
        self.0.get(account_id).copied().unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_region_names_its_partition() {
        for (region, partition) in [
            ("eu-west-1", Partition::Aws),
            ("us-east-1", Partition::Aws),
            ("us-gov-west-1", Partition::UsGov),
            ("cn-northwest-1", Partition::China),
            ("eusc-de-east-1", Partition::EuropeanSovereign),
        ] {
            assert_eq!(Partition::of_region(region), partition, "{region}");
            assert_eq!(Partition::parse(partition.as_str()), Some(partition));
        }
    }
}
