//! A portal's start URL, and a company's own address that leads to one.

use std::fmt;

use aws_smithy_runtime_api::client::http::SharedHttpClient;
use aws_types::SdkConfig;

use super::hop;
use crate::{Error, ErrorKind, Region};

const LONGEST: usize = 2048;
/// Hops from a company's address to AWS's. More are a circle, or somebody's joke.
const MOST_HOPS: usize = 3;

/// Hosts under which AWS puts portals, and nobody else anything; those of the closed partitions are not published.
const SUFFIXES: [&str; 6] = [
    "app.aws",
    "awsapps.cn",
    "awsapps.com",
    "portal.amazonaws.com",
    "portal.amazonaws.com.cn",
    "portal.amazonaws.eu",
];
/// Issuers: they name an instance, and no host of that name answers.
const ISSUERS: [&str; 4] = [
    "identitycenter.amazonaws.com",
    "identitycenter.amazonaws.com.cn",
    "identitycenter.amazonaws.eu",
    "identitycenter.us-gov.amazonaws.com",
];

/// The start URL of an access portal: AWS's own, or a company's that leads to it.
///
/// ```
/// use leapp_core::aws::StartUrl;
///
/// let of_aws = StartUrl::parse("https://d-1234567890.awsapps.com/start/")?;
/// assert!(of_aws.is_of_aws());
/// let regional = StartUrl::parse("https://ssoins-1234567890abcdef.portal.eu-west-1.app.aws")?;
/// assert_eq!(regional.region().unwrap().as_str(), "eu-west-1");
/// assert!(!StartUrl::parse("https://aws.example.com")?.is_of_aws());
/// # Ok::<(), leapp_core::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StartUrl(String);

impl StartUrl {
    /// Reads a start URL. `/start`, `/start/` and `/start#/` are one portal.
    ///
    /// # Errors
    /// [`ErrorKind::InvalidInput`] when it is not an HTTPS address, has a user's name in it, or is longer than 2048 characters.
    pub fn parse(text: &str) -> Result<Self, Error> {
        let text = text.trim().trim_end_matches(['/', '#']);
        let (scheme, rest) = text.split_at_checked("https://".len()).unwrap_or_default();
        let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
        let is_plain = |c: char| c.is_ascii_graphic() && !"\"<>\\^`{|}".contains(c);
        let is_https = scheme.eq_ignore_ascii_case("https://") && is_authority(authority);
        if is_https && text.len() <= LONGEST && text.chars().all(is_plain) {
            return Ok(Self(format!("https://{rest}")));
        }
        // What stands behind `?` may be for nobody's eyes.
        let shown: String = text.split(['?', '#']).next().unwrap_or_default().chars().take(128).collect();
        Err(Error::new(ErrorKind::InvalidInput, format!("start URL {shown:?} is not an HTTPS address")))
    }

    /// The address.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// True when its host is one of AWS's for portals. Any other leads to one, if it leads anywhere.
    pub fn is_of_aws(&self) -> bool {
        let host = self.host();
        let is_under = |suffix: &str| {
            host.strip_suffix(suffix).is_some_and(|labels| labels.len() > 1 && labels.ends_with('.'))
        };
        if self.authority().contains(':') && !self.authority().ends_with(":443") {
            return false;
        }
        ISSUERS.contains(&host.as_str()) || SUFFIXES.iter().any(|suffix| is_under(suffix))
    }

    /// The Region of the portal, where its address names it. `None` of the common `d-….awsapps.com/start`: there the
    /// person who set the portal up says which it is; the portal calls it SSO Region where it shows a role's access keys.
    pub fn region(&self) -> Option<Region> {
        let host = self.host();
        let labels: Vec<&str> = host.split('.').collect();
        match labels[..] {
            [_, "portal", region, "app", "aws"]
            | [_, region, "portal", "amazonaws", "com" | "eu"]
            | [_, region, "portal", "amazonaws", "com", "cn"] => Region::parse(region).ok(),
            _ => None,
        }
    }

    /// Follows a company's address to AWS's, over the SDK's own HTTPS client. An address of AWS's is left as it is, without a
    /// call.
    ///
    /// # Errors
    /// As [`resolve_with`](Self::resolve_with).
    #[cfg(feature = "default-https-client")]
    pub async fn resolve(&self) -> Result<Self, Error> {
        self.follow(&crate::aws::https::client()).await
    }

    /// Follows a company's address to AWS's, with the HTTP client of a host's own SDK configuration. An address of AWS's is
    /// left as it is, without a call.
    ///
    /// Three redirects are followed at most, over HTTPS only, and nothing is sent along. What they lead to is a portal of
    /// AWS's: whoever controls the company's address decides which, so a person should look at the page they log in at.
    ///
    /// # Errors
    /// [`ErrorKind::InvalidInput`] when it leads elsewhere, nowhere, or out of HTTPS, and when the configuration has no HTTP client;
    /// [`ErrorKind::Unreachable`] and [`ErrorKind::Service`] when a host does not answer, or answers with an error.
    pub async fn resolve_with(&self, config: &SdkConfig) -> Result<Self, Error> {
        let missing = || {
            let message = "the SDK configuration for a start URL has no HTTP client";
            Error::new(ErrorKind::InvalidInput, message)
        };
        self.follow(&config.http_client().ok_or_else(missing)?).await
    }

    async fn follow(&self, http: &SharedHttpClient) -> Result<Self, Error> {
        let mut at = self.clone();
        for _ in 0..=MOST_HOPS {
            if at.is_of_aws() {
                return Ok(at);
            }
            at = at.next(http).await.map_err(|source| {
                let message = format!("start URL {} does not lead to a portal of AWS's", self.shown());
                Error::new(source.kind(), message).with_source(source)
            })?;
        }
        let message =
            format!("start URL {} does not lead to a portal of AWS's in {MOST_HOPS} steps", self.shown());
        Err(Error::new(ErrorKind::InvalidInput, message))
    }

    /// Where its host sends a browser.
    async fn next(&self, http: &SharedHttpClient) -> Result<Self, Error> {
        let (authority, target) = (self.authority(), self.target());
        let mut hop = hop::ask(http, http::Method::HEAD, authority, &target).await?;
        // Some hosts know no HEAD.
        if matches!(hop.status, 405 | 501) {
            hop = hop::ask(http, http::Method::GET, authority, &target).await?;
        }
        let refuse = |kind, what: &str| Error::new(kind, format!("{} {what}", self.shown()));
        match (hop.status, hop.location) {
            (301 | 302 | 303 | 307 | 308, Some(location)) => Self::parse(&self.join(&location))
                .map(Self::without_query)
                .map_err(|source| refuse(ErrorKind::InvalidInput, "leads out of HTTPS").with_source(source)),
            (200..=399, _) => {
                Err(refuse(ErrorKind::InvalidInput, "is no portal of AWS's, and leads nowhere"))
            }
            (status @ 400..=499, _) => {
                Err(refuse(ErrorKind::InvalidInput, &format!("answers with status {status}")))
            }
            (status, _) => Err(refuse(ErrorKind::Service, &format!("answers with status {status}"))),
        }
    }

    /// A location may be an address, or only what differs.
    fn join(&self, location: &str) -> String {
        let authority = self.authority();
        match location.strip_prefix("//") {
            Some(other) => format!("https://{other}"),
            None if location.starts_with('/') => format!("https://{authority}{location}"),
            None => location.to_owned(),
        }
    }

    /// What a redirect adds is between two pages, and no part of the portal's address.
    fn without_query(self) -> Self {
        let end = self.0.find(['?', '#']).unwrap_or(self.0.len());
        Self(self.0.get(..end).unwrap_or_default().trim_end_matches('/').to_owned())
    }

    /// Lower-case, without a port and the dot that may end it.
    fn host(&self) -> String {
        let host = self.authority().split(':').next().unwrap_or_default();
        host.strip_suffix('.').unwrap_or(host).to_ascii_lowercase()
    }

    fn authority(&self) -> &str {
        let rest = self.0.strip_prefix("https://").unwrap_or_default();
        rest.split(['/', '?', '#']).next().unwrap_or_default()
    }

    /// What is asked for at the host.
    fn target(&self) -> String {
        let rest = self.0.strip_prefix("https://").unwrap_or_default();
        let target = rest.get(self.authority().len()..).unwrap_or_default();
        let target = target.split('#').next().unwrap_or_default();
        if target.starts_with('/') { target.to_owned() } else { format!("/{target}") }
    }

    fn shown(&self) -> &str {
        self.0.split(['?', '#']).next().unwrap_or_default()
    }
}

/// A name of labels, with the dot that may end it, and a port.
fn is_authority(text: &str) -> bool {
    let (host, port) = text.split_once(':').map_or((text, None), |(host, port)| (host, Some(port)));
    let is_label = |label: &str| {
        !label.is_empty() && label.chars().all(|c| c.is_ascii_alphanumeric() || c == '-' || c == '_')
    };
    let is_port =
        |port: &str| (1..=5).contains(&port.len()) && port.bytes().all(|byte| byte.is_ascii_digit());
    host.strip_suffix('.').unwrap_or(host).split('.').all(is_label) && port.is_none_or(is_port)
}

impl fmt::Display for StartUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_start_url_is_an_https_address_and_its_end_does_not_matter() {
        let one = "https://d-1234567890.awsapps.com/start";
        for text in
            [one, "https://d-1234567890.awsapps.com/start/", "https://d-1234567890.awsapps.com/start#/"]
        {
            assert_eq!(StartUrl::parse(text).unwrap().as_str(), one);
        }
        for text in [
            "",
            "https://",
            "http://portal.example/start",
            "https://a@portal.example",
            "https://a b/",
            "x",
            "https://..awsapps.com",
            "https://a..awsapps.com",
            "https://x.awsapps.com..",
            "https://x.awsapps.com:evil",
            "https://evil.com%2f.awsapps.com",
            "https://evil.com;.awsapps.com",
            "https://[::1]/start",
            "https://pörtal.example",
        ] {
            assert_eq!(StartUrl::parse(text).unwrap_err().kind(), ErrorKind::InvalidInput, "{text:?}");
        }
    }

    #[test]
    fn aws_has_portals_under_its_own_names_and_nowhere_else() {
        for (text, is_of_aws, region) in [
            ("https://d-1234567890.awsapps.com/start", true, None),
            ("https://mycompany.awsapps.com/start", true, None),
            ("https://D-1234567890.AWSAPPS.COM./start", true, None),
            ("https://start.us-gov-home.awsapps.com/directory/d-1234567890", true, None),
            ("https://start.home.awsapps.cn/directory/d-1234567890", true, None),
            ("https://ssoins-1.portal.eu-west-1.app.aws", true, Some("eu-west-1")),
            ("https://ssoins-1.eu-west-1.portal.amazonaws.com/", true, Some("eu-west-1")),
            ("https://ssoins-1.cn-north-1.portal.amazonaws.com.cn", true, Some("cn-north-1")),
            ("https://ssoins-1.eusc-de-east-1.portal.amazonaws.eu", true, Some("eusc-de-east-1")),
            ("https://identitycenter.amazonaws.com/ssoins-1", true, None),
            ("https://identitycenter.us-gov.amazonaws.com/ssoins-1", true, None),
            ("HTTPS://d-1234567890.awsapps.com:443/start", true, None),
            ("https://d-1234567890.awsapps.com:8443/start", false, None),
            ("https://x.eu-west-1.portal.amazonaws.evil.awsapps.com", true, None),
            ("https://awsapps.com.example.com/start", false, None),
            ("https://evilawsapps.com/start", false, None),
            ("https://awsapps.com/start", false, None),
            // Anybody may have a bucket or a load balancer there.
            ("https://bucket.s3.amazonaws.com/start", false, None),
            ("https://x.portal.eu-west-1.elb.amazonaws.com", false, None),
            ("https://ssoins-1.portal.eu-west-1.app.example.com", false, None),
            ("https://example.com/.awsapps.com", false, None),
            ("https://example.com?x=.awsapps.com", false, None),
        ] {
            let url = StartUrl::parse(text).unwrap();
            assert_eq!(url.is_of_aws(), is_of_aws, "{text}");
            assert_eq!(url.region().as_ref().map(Region::as_str), region, "{text}");
        }
    }
}
