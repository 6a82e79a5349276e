//! Where an authorization code may be sent.

use http::Uri;

/// The longest one that is looked at.
const MOST_BYTES: usize = 2048;

/// A redirect URI that a client may have: HTTPS, or HTTP on loopback.
#[derive(Clone)]
pub(super) struct RedirectUri {
    uri: Uri,
    text: String,
}

impl RedirectUri {
    /// None for what no client may have: another scheme, another host without TLS, a fragment, a user.
    pub(super) fn parse(text: &str) -> Option<Self> {
        let uri: Uri = text.parse().ok()?;
        let (scheme, authority) = (uri.scheme_str()?, uri.authority()?);
        let is_allowed = match scheme {
            "https" => true,
            "http" => is_loopback(authority.host()) || authority.host() == "localhost",
            _ => false,
        };
        let is_plain = text.len() <= MOST_BYTES && !text.contains('#') && !authority.as_str().contains('@');
        (is_allowed && is_plain).then(|| Self { uri, text: text.to_owned() })
    }

    /// True when a client that registered this one may ask for the other. On a loopback address the port is free, as in
    /// [RFC 8252](https://www.rfc-editor.org/rfc/rfc8252#section-7.3); `localhost` is a name and not an address.
    pub(super) fn allows(&self, asked: &Self) -> bool {
        let (one, other) = (&self.uri, &asked.uri);
        let is_port = one.port_u16() == other.port_u16() || one.host().is_some_and(is_loopback);
        is_port
            && one.scheme_str() == other.scheme_str()
            && one.host() == other.host()
            && one.path_and_query() == other.path_and_query()
    }

    pub(super) fn as_str(&self) -> &str {
        &self.text
    }

    /// The address with parameters added.
    pub(super) fn with(&self, parameters: &[(&str, &str)]) -> String {
        let separator = if self.uri.query().is_some() { '&' } else { '?' };
        let mut query = form_urlencoded::Serializer::new(String::new());
        query.extend_pairs(parameters);
        format!("{}{separator}{}", self.text, query.finish())
    }
}

fn is_loopback(host: &str) -> bool {
    matches!(host, "127.0.0.1" | "[::1]")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn is_allowed(registered: &str, asked: &str) -> bool {
        RedirectUri::parse(registered).unwrap().allows(&RedirectUri::parse(asked).unwrap())
    }

    #[test]
    fn only_tls_or_loopback() {
        for text in
            ["https://tool.example/cb", "http://127.0.0.1/cb", "http://[::1]:80/cb", "http://localhost:1/"]
        {
            assert!(RedirectUri::parse(text).is_some(), "{text}");
        }
        for text in [
            "http://tool.example/cb",
            "http://127.0.0.1.example/cb",
            "http://127.0.0.1@tool.example/cb",
            "javascript:alert(1)",
            "/cb",
            "https://tool.example/cb#part",
            "",
        ] {
            assert!(RedirectUri::parse(text).is_none(), "{text}");
        }
    }

    #[test]
    fn the_port_is_free_on_a_loopback_address_and_nowhere_else() {
        assert!(is_allowed("http://127.0.0.1/oauth/callback", "http://127.0.0.1:49152/oauth/callback"));
        assert!(is_allowed("http://[::1]:1/cb", "http://[::1]:2/cb"));
        assert!(!is_allowed("http://localhost:1/cb", "http://localhost:2/cb"));
        assert!(!is_allowed("https://tool.example/cb", "https://tool.example:8443/cb"));
        assert!(!is_allowed("http://127.0.0.1/cb", "http://127.0.0.1/other"));
        assert!(!is_allowed("http://127.0.0.1/cb", "http://localhost/cb"));
        assert!(!is_allowed("http://127.0.0.1/cb", "https://127.0.0.1/cb"));
        assert!(!is_allowed("http://127.0.0.1/cb", "http://127.0.0.1/cb?next=1"));
    }
}
