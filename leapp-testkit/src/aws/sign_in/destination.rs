//! Where a login may lead: pages of the partition's console, so that the endpoint sends nobody elsewhere.

use http::Uri;

use super::host;

pub(super) fn is_console(destination: &str, partition: &str) -> bool {
    let Ok(uri) = destination.parse::<Uri>() else { return false };
    let is_of = |name: &str| {
        let front = name.strip_suffix(host::domain(partition));
        front.is_some_and(|front| front.is_empty() || front.ends_with('.'))
    };
    destination.is_ascii() && uri.scheme_str() == Some("https") && uri.host().is_some_and(is_of)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_login_leads_to_a_console_only() {
        for (destination, partition, is_one) in [
            ("https://console.aws.amazon.com/", "aws", true),
            ("https://eu-west-1.console.aws.amazon.com/ec2/home?region=eu-west-1#Instances:", "aws", true),
            ("https://console.amazonaws-us-gov.com/", "aws-us-gov", true),
            ("https://console.amazonaws.cn/", "aws-cn", true),
            ("https://console.amazonaws.cn/", "aws", false),
            ("http://console.aws.amazon.com/", "aws", false),
            ("https://console.aws.amazon.com.example.com/", "aws", false),
            ("https://console.aws.amazon.com@example.com/", "aws", false),
            ("https://exampleaws.amazon.com/", "aws", false),
            ("https://example.com/", "aws", false),
            ("/ec2/home", "aws", false),
            ("https://console.aws.amazon.com/\r\nx: y", "aws", false),
        ] {
            assert_eq!(is_console(destination, partition), is_one, "{destination} in {partition}");
        }
    }
}
