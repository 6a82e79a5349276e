//! The pages of AWS to which an identity provider posts its responses.

use crate::Region;
use crate::aws::Partition;

/// The sign-in pages of a partition: the global one, and that of a Region.
///
/// With encrypted assertions, `/acs/` and the SAML provider's id stand behind either. A partition that is not known, and one
/// whose hosts AWS does not publish, has none.
pub(in crate::aws) fn sign_in_urls(partition: &str, region: &Region) -> Vec<String> {
    let domain = Partition::parse(partition).ok().and_then(Partition::sign_in_domain);
    let hosts = domain.map(|domain| [domain.clone(), format!("{region}.{domain}")]);
    hosts.into_iter().flatten().map(|host| format!("https://{host}/saml")).collect()
}

/// The partition that a Region belongs to.
pub(in crate::aws) fn partition_of(region: &Region) -> &'static str {
    Partition::of_region(region).as_str()
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
