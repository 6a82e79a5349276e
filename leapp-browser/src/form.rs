//! The form in which an identity provider's page posts its response.

use leapp_core::Secret;
use zeroize::Zeroizing;

/// The field's name in the SAML 2.0 bindings, section 3.5.4.
const FIELD: &str = "SAMLResponse";

/// The value of `SAMLResponse` in a form's body, wherever it stands; `None` when there is none.
pub(crate) fn saml_response(body: &[u8]) -> Option<Secret> {
    let mut fields = form_urlencoded::parse(body);
    let (_, value) = fields.find(|(name, value)| name == FIELD && !value.is_empty())?;
    Some(Secret::from(Zeroizing::new(value.into_owned())))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(body: &str) -> Option<String> {
        saml_response(body.as_bytes()).map(|secret| secret.expose().to_owned())
    }

    #[test]
    fn the_response_is_found_with_and_without_relay_state() {
        for body in [
            "SAMLResponse=PHM%2BYQ%3D%3D",
            "SAMLResponse=PHM%2BYQ%3D%3D&RelayState=https%3A%2F%2Fx%2F%3Fa%3D1%26b",
            "RelayState=https%3A%2F%2Fx%2F%3Fa%3D1%26b&SAMLResponse=PHM%2BYQ%3D%3D",
            "RelayState=SAMLResponse%3Dx&SAMLResponse=PHM%2BYQ%3D%3D&more=1",
            "RelayState=&SAMLResponse=PHM%2BYQ%3D%3D",
            "SAMLResponse=&SAMLResponse=PHM%2BYQ==",
        ] {
            assert_eq!(found(body).as_deref(), Some("PHM+YQ=="), "{body}");
        }
    }

    #[test]
    fn a_plus_sign_is_a_space_and_line_breaks_stay() {
        assert_eq!(found("SAMLResponse=ab+cd%0D%0Aef").as_deref(), Some("ab cd\r\nef"));
    }

    #[test]
    fn a_form_without_it_has_none() {
        for body in [
            "",
            "RelayState=x",
            "SAMLResponse=",
            "SAMLRequest=abcd",
            "samlresponse=abcd",
            "xSAMLResponse=abcd",
        ] {
            assert_eq!(found(body), None, "{body}");
        }
    }
}
