//! The pages of AWS to which an identity provider posts its responses.

use crate::Region;

/// Partitions, what their Regions begin with, and the hosts of their sign-in pages:
/// [endpoints](https://docs.aws.amazon.com/general/latest/gr/signin-service.html),
/// [China](https://docs.amazonaws.cn/en_us/IAM/latest/UserGuide/id_roles_providers_create_saml_relying-party.html).
const PARTITIONS: [(&str, &str, &str); 4] = [
    ("aws-cn", "cn-", "signin.amazonaws.cn"),
    ("aws-eusc", "eusc-", "signin.amazonaws-eusc.eu"),
    ("aws-us-gov", "us-gov-", "signin.amazonaws-us-gov.com"),
    ("aws", "", "signin.aws.amazon.com"),
];

/// The sign-in pages of a partition: the global one, and that of a Region.
///
/// With encrypted assertions, `/acs/` and the SAML provider's id stand behind either. A partition that is not known has none.
pub(in crate::aws) fn sign_in_urls(partition: &str, region: &Region) -> Vec<String> {
    let hosts = PARTITIONS.iter().filter(|(name, _, _)| *name == partition);
    hosts
        .flat_map(|(_, _, host)| [format!("https://{host}/saml"), format!("https://{region}.{host}/saml")])
        .collect()
}

/// The partition that a Region belongs to.
pub(in crate::aws) fn partition_of(region: &Region) -> &'static str {
    let found = PARTITIONS.iter().find(|(_, prefix, _)| region.as_str().starts_with(prefix));
    found.map_or("aws", |(name, _, _)| *name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_partition_has_a_global_and_a_regional_page() {
        for (region, partition, global, regional) in [
            (
                "eu-west-1",
                "aws",
                "https://signin.aws.amazon.com/saml",
                "https://eu-west-1.signin.aws.amazon.com/saml",
            ),
            (
                "cn-north-1",
                "aws-cn",
                "https://signin.amazonaws.cn/saml",
                "https://cn-north-1.signin.amazonaws.cn/saml",
            ),
            (
                "us-gov-west-1",
                "aws-us-gov",
                "https://signin.amazonaws-us-gov.com/saml",
                "https://us-gov-west-1.signin.amazonaws-us-gov.com/saml",
            ),
            (
                "eusc-de-east-1",
                "aws-eusc",
                "https://signin.amazonaws-eusc.eu/saml",
                "https://eusc-de-east-1.signin.amazonaws-eusc.eu/saml",
            ),
        ] {
            let region = Region::parse(region).unwrap();
            assert_eq!(partition_of(&region), partition);
            assert_eq!(sign_in_urls(partition, &region), [global, regional]);
        }
        assert!(sign_in_urls("aws-iso", &Region::parse("us-iso-east-1").unwrap()).is_empty());
    }
}
