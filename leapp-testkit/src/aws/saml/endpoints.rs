//! The addresses of AWS's sign-in page, and the names under which AWS is an audience.

use crate::aws::account::Partition;

/// Where identity providers send their users, as long as a test says nothing else.
pub(super) fn sign_in_address(partition: Partition) -> String {
    format!("https://{}/saml", host(partition))
}

/// True for the address of a partition's sign-in page, global or of a Region, with a provider's own id or without:
/// [assertions](https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_providers_create_saml_assertions.html).
pub(super) fn is_recipient(text: &str, partition: Partition) -> bool {
    path(text, partition).is_some_and(|path| is_sign_in_path(path) || path == "/static/saml")
}

/// True for a name of AWS as an audience: the address of the sign-in page or of its metadata, or the URN, which some
/// partitions have with a part more.
pub(super) fn is_audience(text: &str, partition: Partition) -> bool {
    const URN: &str = "urn:amazon:webservices";
    let is_urn = text.strip_prefix(URN).is_some_and(|rest| rest.is_empty() || rest.starts_with(':'));
    is_urn
        || path(text, partition)
            .is_some_and(|path| is_sign_in_path(path) || path == "/static/saml-metadata.xml")
}

fn is_sign_in_path(path: &str) -> bool {
    path == "/saml" || path.strip_prefix("/saml/acs/").is_some_and(|id| !id.is_empty() && !id.contains('/'))
}

/// The path of an address at a partition's sign-in host.
fn path(text: &str, partition: Partition) -> Option<&str> {
    let rest = text.strip_prefix("https://")?;
    let (found, _) = rest.split_once('/')?;
    let is_host = match found.strip_suffix(host(partition)) {
        Some("") => true,
        Some(region) => region.strip_suffix('.').is_some_and(is_region),
        None => false,
    };
    is_host.then(|| &rest[found.len()..])
}

fn is_region(text: &str) -> bool {
    text.contains('-')
        && text.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-')
}

/// [Sign-in endpoints](https://docs.aws.amazon.com/general/latest/gr/signin-service.html).
fn host(partition: Partition) -> &'static str {
    match partition {
        Partition::Aws => "signin.aws.amazon.com",
        Partition::China => "signin.amazonaws.cn",
        Partition::EuropeanSovereign => "signin.amazonaws-eusc.eu",
        Partition::UsGov => "signin.amazonaws-us-gov.com",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sign_in_pages_are_recipients_and_nothing_else_is() {
        for (text, is) in [
            ("https://signin.aws.amazon.com/saml", true),
            ("https://eu-west-1.signin.aws.amazon.com/saml", true),
            ("https://signin.aws.amazon.com/saml/acs/SAMLSPX", true),
            ("https://signin.aws.amazon.com/saml/acs/", false),
            ("http://signin.aws.amazon.com/saml", false),
            ("https://signin.aws.amazon.com/", false),
            ("https://evil.example/saml", false),
            ("https://evil-signin.aws.amazon.com/saml", false),
            ("https://signin.aws.amazon.com.evil.example/saml", false),
            ("https://signin.amazonaws-us-gov.com/saml", false),
        ] {
            assert_eq!(is_recipient(text, Partition::Aws), is, "{text}");
        }
        assert!(is_recipient("https://signin.amazonaws-us-gov.com/saml", Partition::UsGov));
        assert!(!is_recipient("https://signin.aws.amazon.com/saml", Partition::UsGov));
    }

    #[test]
    fn aws_has_several_names_as_an_audience() {
        for (text, is) in [
            ("urn:amazon:webservices", true),
            ("urn:amazon:webservices:govcloud", true),
            ("https://signin.aws.amazon.com/saml", true),
            ("https://signin.aws.amazon.com/static/saml-metadata.xml", true),
            ("urn:amazon:webservicesx", false),
            ("urn:amazon", false),
            ("", false),
        ] {
            assert_eq!(is_audience(text, Partition::Aws), is, "{text}");
        }
    }
}
