//! The roles that a response offers.

use super::refuse;
use crate::{Error, RoleArn, SamlProviderArn};

/// A role that a person may assume, and the SAML provider through which.
///
/// See [the `Role` attribute](https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_providers_create_saml_assertions.html).
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub struct OfferedRole {
    /// The role.
    pub role_arn: RoleArn,
    /// The provider: `PrincipalArn` of AssumeRoleWithSAML.
    pub principal_arn: SamlProviderArn,
}

impl OfferedRole {
    /// Reads a value: the two ARNs in either order, with a comma between them. A role's path may hold a comma itself.
    pub(super) fn parse(value: &str, number: usize) -> Result<Self, Error> {
        let pairs = value.match_indices(',').filter_map(|(at, _)| value.split_at_checked(at));
        let mut pairs = pairs.map(|(one, other)| (one.trim(), other.trim_start_matches(',').trim()));
        let read = |one: &str, other: &str| {
            let (role_arn, principal_arn) = (RoleArn::parse(one).ok()?, SamlProviderArn::parse(other).ok()?);
            Some(Self { role_arn, principal_arn })
        };
        let found = pairs.find_map(|(one, other)| read(one, other).or_else(|| read(other, one)));
        let refuse =
            |what: &str| refuse(&format!("has a value number {number} of its attribute Role {what}"));
        let found = found.ok_or_else(|| refuse("that is no pair of a role's and a SAML provider's ARN"))?;
        if found.role_arn.partition() != found.principal_arn.partition() {
            return Err(refuse("across two partitions"));
        }
        Ok(found)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ROLE: &str = "arn:aws:iam::111122223333:role/Dev";
    const PROVIDER: &str = "arn:aws:iam::111122223333:saml-provider/Corp";

    #[test]
    fn both_orders_are_one_pair() {
        let expected = OfferedRole::parse(&format!("{ROLE},{PROVIDER}"), 1).unwrap();
        assert_eq!((expected.role_arn.as_str(), expected.principal_arn.as_str()), (ROLE, PROVIDER));
        for value in
            [format!("{PROVIDER},{ROLE}"), format!(" {ROLE} ,\n {PROVIDER} "), format!("{PROVIDER}, {ROLE}")]
        {
            assert_eq!(OfferedRole::parse(&value, 1).unwrap(), expected, "{value}");
        }
        let with_comma = "arn:aws:iam::111122223333:role/a,b/Dev,Ops";
        for value in [format!("{with_comma},{PROVIDER}"), format!("{PROVIDER},{with_comma}")] {
            assert_eq!(OfferedRole::parse(&value, 1).unwrap().role_arn.as_str(), with_comma, "{value}");
        }
    }

    #[test]
    fn what_is_no_pair_is_refused_by_its_number_and_not_repeated() {
        for value in [
            "",
            ",",
            ROLE,
            PROVIDER,
            &format!("{ROLE},{ROLE}"),
            &format!("{PROVIDER},{PROVIDER}"),
            &format!("{ROLE};{PROVIDER}"),
            &format!("{ROLE},{PROVIDER},x"),
            &format!("arn:aws-cn:iam::111122223333:role/Dev,{PROVIDER}"),
        ] {
            let error = OfferedRole::parse(value, 7).unwrap_err().to_string();
            assert!(error.contains("number 7") && !error.contains("1111"), "{error}");
        }
    }
}
