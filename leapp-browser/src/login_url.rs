//! The addresses a browser is sent to, and the identity provider behind one.

use leapp_core::{Error, ErrorKind};
use url::{Host, Url};

/// Parses an address that a person's password, or a response, is sent to.
///
/// # Errors
/// [`ErrorKind::InvalidInput`] when it is no address, or neither https nor on this machine.
pub(crate) fn parse(what: &str, text: &str) -> Result<Url, Error> {
    let refuse =
        |why: &str| Error::new(ErrorKind::InvalidInput, format!("the {what} `{}` {why}", shown(text)));
    let url = Url::parse(text.trim()).map_err(|source| refuse("cannot be read").with_source(source))?;
    if !url.username().is_empty() || url.password().is_some() {
        return Err(refuse("names a user"));
    }
    match url.scheme() {
        "https" => Ok(url),
        "http" if is_loopback(&url) => Ok(url),
        _ => Err(refuse("is neither https nor on this machine")),
    }
}

/// The identity provider that an address belongs to: all of its pages share cookies, and so a login.
pub(crate) fn identity_provider(url: &Url) -> String {
    url.origin().ascii_serialization()
}

/// Without the query and without a user's name and password, which are nobody's business.
fn shown(text: &str) -> String {
    let text = text.split(['?', '#']).next().unwrap_or_default();
    match (text.split_once("://"), text.rsplit_once('@')) {
        (Some((scheme, _)), Some((_, rest))) => format!("{scheme}://{rest}"),
        (None, Some((_, rest))) => rest.to_owned(),
        (_, None) => text.to_owned(),
    }
}

fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(Host::Domain(name)) => name == "localhost" || name.ends_with(".localhost"),
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        None => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn http_is_for_this_machine_only() {
        for taken in
            ["https://idp.example.com/x", "http://127.0.0.1:8080/idp", "http://[::1]/", "http://localhost:1/"]
        {
            assert!(parse("login page", taken).is_ok(), "{taken}");
        }
        for refused in [
            "http://idp.example.com/",
            "http://localhost.example.com/",
            "http://127.0.0.1.example.com/",
            "file:///etc/passwd",
            "javascript:alert(1)",
            "idp.example.com",
            "",
        ] {
            assert_eq!(
                parse("login page", refused).unwrap_err().kind(),
                ErrorKind::InvalidInput,
                "{refused}"
            );
        }
    }

    #[test]
    fn a_refusal_does_not_repeat_the_query() {
        let error = parse("login page", "http://idp.example.com/x?ticket=hunter2").unwrap_err();
        assert_eq!(
            error.to_string(),
            "the login page `http://idp.example.com/x` is neither https nor on this machine"
        );
    }

    #[test]
    fn an_address_that_names_a_user_is_refused_and_not_repeated() {
        for text in [
            "https://alice:hunter2@idp.example.com/x",
            "http://alice:hunter2@idp.example.com/x",
            "alice:hunter2@x",
        ] {
            let error = parse("login page", text).unwrap_err();
            assert!(
                !error.to_string().contains("hunter2") && !format!("{error:?}").contains("hunter2"),
                "{error:?}"
            );
        }
    }

    #[test]
    fn the_identity_provider_is_the_origin() {
        let of = |text| identity_provider(&Url::parse(text).unwrap());
        assert_eq!(of("https://IdP.example.com:443/a?b"), of("https://idp.example.com/other"));
        assert_ne!(of("https://idp.example.com/"), of("https://idp.example.com:8443/"));
        assert_ne!(of("https://idp.example.com/"), of("https://idp.example.com.evil.example/"));
    }
}
