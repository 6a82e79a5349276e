//! The Region in a host's name.

/// The Region whose endpoint a host is; none for a host that is not AWS's, such as loopback.
pub(super) fn region_of(host: &str) -> Option<&str> {
    let name = host.split(':').next().unwrap_or_default();
    let labels: Vec<&str> = name.split('.').collect();
    let rest = match &labels[..] {
        ["oidc" | "oidc-fips", rest @ ..] => rest,
        ["portal" | "device", "sso" | "sso-fips", rest @ ..] => rest,
        _ => return None,
    };
    match *rest {
        [region, "amazonaws", "com"]
        | [region, "amazonaws", "com", "cn"]
        | [region, "amazonaws", "eu"]
        | [region, "api", "aws"]
        | [region, "api", "amazonwebservices", "com", "cn"] => Some(region),
        _ => None,
    }
}

/// True unless a request came to the endpoint of another Region. Loopback is every Region's.
pub(super) fn is_here(host: &str, region: &str) -> bool {
    region_of(host).is_none_or(|asked| asked == region)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_endpoint_names_its_region() {
        for (host, region) in [
            ("oidc.eu-west-1.amazonaws.com", Some("eu-west-1")),
            ("oidc.eu-west-1.amazonaws.com:443", Some("eu-west-1")),
            ("portal.sso.us-gov-west-1.amazonaws.com", Some("us-gov-west-1")),
            ("portal.sso.cn-north-1.amazonaws.com.cn", Some("cn-north-1")),
            ("oidc.eusc-de-east-1.amazonaws.eu", Some("eusc-de-east-1")),
            ("oidc.eu-west-1.api.aws", Some("eu-west-1")),
            ("sts.eu-west-1.amazonaws.com", None),
            ("127.0.0.1:4711", None),
        ] {
            assert_eq!(region_of(host), region, "{host}");
        }
        assert!(is_here("127.0.0.1:4711", "eu-west-1") && is_here("oidc.eu-west-1.api.aws", "eu-west-1"));
        assert!(!is_here("oidc.eu-west-1.api.aws", "eu-west-2"));
    }
}
