//! AWS's sign-in pages: which requests are taken.

use leapp_core::Error;
use url::Url;

use crate::login_url;

/// The addresses at which a response is taken: by scheme, host, port and path; the query does not matter.
#[derive(Debug)]
pub(crate) struct SignInUrls(Vec<Url>);

impl SignInUrls {
    /// # Errors [`ErrorKind::InvalidInput`](leapp_core::ErrorKind::InvalidInput) when one is neither https
    /// nor on this machine.
    pub(crate) fn parse(texts: &[String]) -> Result<Self, Error> {
        texts.iter().map(|text| login_url::parse("sign-in page", text)).collect::<Result<_, _>>().map(Self)
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Whether a request to this address is one to a sign-in page.
    pub(crate) fn contain(&self, text: &str) -> bool {
        Url::parse(text).is_ok_and(|url| self.0.iter().any(|ours| is_same_page(ours, &url)))
    }

    /// What the browser is told to hold: wildcards, which let more through than [`contain`](Self::contain)
    /// does.
    pub(crate) fn patterns(&self) -> Vec<String> {
        self.0.iter().map(pattern).collect()
    }
}

fn is_same_page(ours: &Url, url: &Url) -> bool {
    ours.scheme() == url.scheme()
        && ours.host() == url.host()
        && ours.port_or_known_default() == url.port_or_known_default()
        && ours.path() == url.path()
}

/// As `Fetch.RequestPattern` has it: `*` and `?` are wildcards, a backslash takes that from them.
fn pattern(url: &Url) -> String {
    let page = format!("{}{}", url.origin().ascii_serialization(), url.path());
    let mut pattern = String::with_capacity(page.len() + 1);
    for character in page.chars() {
        if ['*', '?', '\\'].contains(&character) {
            pattern.push('\\');
        }
        pattern.push(character);
    }
    pattern + "*"
}

#[cfg(test)]
mod tests {
    use super::*;

    fn aws() -> SignInUrls {
        let all = ["https://signin.aws.amazon.com/saml", "https://eu-west-1.signin.aws.amazon.com/saml"];
        SignInUrls::parse(&all.map(str::to_owned)).unwrap()
    }

    #[test]
    fn the_page_is_taken_whatever_its_query() {
        for taken in [
            "https://signin.aws.amazon.com/saml",
            "https://signin.aws.amazon.com:443/saml?region=eu-west-1",
            "https://eu-west-1.signin.aws.amazon.com/saml#x",
        ] {
            assert!(aws().contain(taken), "{taken}");
        }
    }

    #[test]
    fn what_only_looks_like_it_is_not_taken() {
        for left in [
            "https://signin.aws.amazon.com.example.com/saml",
            "https://signin.aws.amazon.com@example.com/saml",
            "https://example.com/https://signin.aws.amazon.com/saml",
            "https://example.com/?https://signin.aws.amazon.com/saml",
            "http://signin.aws.amazon.com/saml",
            "https://signin.aws.amazon.com:8443/saml",
            "https://signin.aws.amazon.com/saml/",
            "https://signin.aws.amazon.com/SAML",
            "https://signin.aws.amazon.com/samlx",
            "https://signin.aws.amazon.com/x/../saml2",
            "https://us-east-1.signin.aws.amazon.com/saml",
            "https://xsignin.aws.amazon.com/saml",
            "saml",
        ] {
            assert!(!aws().contain(left), "{left}");
        }
    }

    #[test]
    fn wildcards_in_a_page_are_none() {
        let urls = SignInUrls::parse(&["http://127.0.0.1:8080/a*b".to_owned()]).unwrap();
        assert_eq!(urls.patterns(), [r"http://127.0.0.1:8080/a\*b*"]);
    }
}
