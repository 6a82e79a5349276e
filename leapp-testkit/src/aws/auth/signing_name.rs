//! Which service a signature is for, and in which Region.

use std::fmt;

use leapp_core::Region;

/// The name of a service in a credential's scope.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::aws) enum SigningName {
    Iam,
    Sts,
}

impl SigningName {
    pub(in crate::aws) fn as_str(self) -> &'static str {
        match self {
            Self::Iam => "iam",
            Self::Sts => "sts",
        }
    }

    /// The service whose host this is, if it is AWS's.
    pub(in crate::aws) fn of_host(host: &str) -> Option<Self> {
        [Self::Iam, Self::Sts].into_iter().find(|name| name.region_of(host).is_some())
    }

    /// Whether a signature for this Region serves at that host.
    pub(super) fn is_region(self, region: &str, host: &str) -> bool {
        match self.region_of(host) {
            Some(expected) => region == expected,
            // Not AWS's, such as loopback. There SDKs sign for the Region they are in, even where AWS's own host has another.
            None => Region::parse(region).is_ok(),
        }
    }

    /// The Region whose endpoint a host is; none for a host that is not this service's.
    fn region_of(self, host: &str) -> Option<&str> {
        let name = host.split(':').next().unwrap_or_default();
        let name = name.strip_suffix(".cn").unwrap_or(name);
        let labels: Vec<&str> = name.split('.').collect();
        match (self, &labels[..]) {
            (
                Self::Iam,
                ["iam" | "iam-fips", "amazonaws", "com"] | ["iam" | "iam-fips", "global", "api", "aws"],
            ) => Some("us-east-1"),
            (Self::Iam, ["iam", "us-gov", "amazonaws", "com"] | ["iam", "us-gov", "api", "aws"]) => {
                Some("us-gov-west-1")
            }
            (
                Self::Iam,
                ["iam", "cn-north-1", "amazonaws", "com"]
                | ["iam", "global", "api", "amazonwebservices", "com"],
            ) => Some("cn-north-1"),
            (
                Self::Iam,
                ["iam", "eusc-de-east-1", "amazonaws", "eu"]
                | ["iam", "global", "api", "amazonwebservices", "eu"],
            ) => Some("eusc-de-east-1"),
            (Self::Sts, ["sts", "amazonaws", "com"]) => Some("us-east-1"),
            (
                Self::Sts,
                ["sts" | "sts-fips", region, "amazonaws", "com"]
                | ["sts" | "sts-fips", region, "api", "aws"]
                | ["sts", region, "api", "amazonwebservices", "com"]
                | ["sts" | "sts-fips", region, "amazonaws", "eu"],
            ) => Some(region),
            _ => None,
        }
    }
}

impl fmt::Display for SigningName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_endpoint_names_its_service_and_its_region() {
        for (host, expected) in [
            ("sts.eu-west-1.amazonaws.com", Some((SigningName::Sts, "eu-west-1"))),
            ("sts.eu-west-1.amazonaws.com:443", Some((SigningName::Sts, "eu-west-1"))),
            ("sts-fips.us-east-2.amazonaws.com", Some((SigningName::Sts, "us-east-2"))),
            ("sts.cn-north-1.amazonaws.com.cn", Some((SigningName::Sts, "cn-north-1"))),
            ("sts.eu-west-1.api.aws", Some((SigningName::Sts, "eu-west-1"))),
            ("sts.amazonaws.com", Some((SigningName::Sts, "us-east-1"))),
            ("iam.amazonaws.com", Some((SigningName::Iam, "us-east-1"))),
            ("iam-fips.amazonaws.com:443", Some((SigningName::Iam, "us-east-1"))),
            ("iam.global.api.aws", Some((SigningName::Iam, "us-east-1"))),
            ("iam.cn-north-1.amazonaws.com.cn", Some((SigningName::Iam, "cn-north-1"))),
            ("iam.us-gov.amazonaws.com", Some((SigningName::Iam, "us-gov-west-1"))),
            ("iam.eusc-de-east-1.amazonaws.eu", Some((SigningName::Iam, "eusc-de-east-1"))),
            ("127.0.0.1:4711", None),
        ] {
            let name = SigningName::of_host(host);
            assert_eq!(name.and_then(|name| Some((name, name.region_of(host)?))), expected, "{host}");
        }
    }
}
