//! What a SAML identity provider posts to AWS.

use std::fmt;

use percent_encoding::percent_decode_str;
use zeroize::Zeroizing;

use crate::{Error, ErrorKind, Secret};

/// What a form calls it.
const FIELD: &str = "SAMLResponse";
/// A response, percent-encoded, and what a page posts beside it.
const MOST_FORM_BYTES: usize = 256 * 1024;
/// AWS takes no more: `SAMLAssertion` of AssumeRoleWithSAML.
const MOST_BYTES: usize = 100_000;
const LEAST_BYTES: usize = 4;

/// A SAML response in base64, as an identity provider's page posts it to AWS's sign-in page (`SAMLResponse`).
///
/// Redacted in `Debug`: for some minutes it is as good as the person's password. It is held in memory until it is used,
/// and never in a vault.
///
/// See [AssumeRoleWithSAML](https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRoleWithSAML.html).
#[derive(Clone)]
pub struct SamlAssertion(Secret);

impl SamlAssertion {
    /// Takes the posted value: base64, line breaks and spaces allowed, at most 100,000 bytes.
    ///
    /// What it says is looked at when it is used.
    ///
    /// # Errors
    /// [`ErrorKind::InvalidInput`] when it has another size or holds another character. The message does not repeat it.
    pub fn parse(base64: &Secret) -> Result<Self, Error> {
        let is_base64 = |byte: u8| byte.is_ascii_alphanumeric() || b"+/=".contains(&byte);
        // Its size is known, so that no half-grown copy of it is left behind.
        let mut text = Zeroizing::new(String::with_capacity(base64.expose().len()));
        text.extend(base64.expose().chars().filter(|c| !c.is_ascii_whitespace()));
        if !(LEAST_BYTES..=MOST_BYTES).contains(&text.len()) {
            let message = format!("a SAML response of {} bytes, where 4 to 100000 are allowed", text.len());
            return Err(Error::new(ErrorKind::InvalidInput, message));
        }
        if !text.bytes().all(is_base64) {
            return Err(Error::new(ErrorKind::InvalidInput, "the SAML response is not base64"));
        }
        Ok(Self(Secret::from(text)))
    }

    /// Takes what a browser posts to AWS's sign-in page, as it stands in the request's body, or the bare base64.
    ///
    /// In a form the fields may stand in any order; `RelayState` and others are left alone.
    ///
    /// ```
    /// use leapp_core::{SamlAssertion, Secret};
    ///
    /// let posted = Secret::new("RelayState=&SAMLResponse=PHNhbWw%2BPC9zYW1sPg%3D%3D");
    /// assert_eq!(SamlAssertion::from_form(&posted)?.expose(), "PHNhbWw+PC9zYW1sPg==");
    /// # Ok::<(), leapp_core::Error>(())
    /// ```
    ///
    /// # Errors
    /// [`ErrorKind::InvalidInput`] when a form has no field `SAMLResponse` or two of them, when it is larger than 256 KiB,
    /// and where [`parse`](Self::parse) refuses what is in the field. The message does not repeat it.
    pub fn from_form(body: &Secret) -> Result<Self, Error> {
        let refuse = |what: &str| Err(Error::new(ErrorKind::InvalidInput, format!("a posted form {what}")));
        let text = body.expose().trim();
        if text.len() > MOST_FORM_BYTES {
            return refuse("of more than 256 KiB");
        }
        if !text.contains('&') && !is_field(text) {
            return Self::parse(body);
        }
        let mut fields = text.split('&').filter(|field| is_field(field));
        let Some(field) = fields.next() else { return refuse("has no field SAMLResponse") };
        if fields.next().is_some() {
            return refuse("has the field SAMLResponse twice");
        }
        let (_, value) = field.split_once('=').unwrap_or_default();
        if value.contains('+') {
            // Some read a space there, some what was to be sent: neither is safe to guess.
            return refuse("has a `+` in its field SAMLResponse, which is to be sent as `%2B`");
        }
        // Decoding makes it no longer, so it never grows.
        let mut bytes = Zeroizing::new(Vec::with_capacity(value.len()));
        bytes.extend(percent_decode_str(value));
        match String::from_utf8(std::mem::take(&mut *bytes)) {
            Ok(base64) => Self::parse(&Secret::from(Zeroizing::new(base64))),
            Err(error) => {
                drop(Zeroizing::new(error.into_bytes()));
                refuse("has a field SAMLResponse that is no text")
            }
        }
    }

    /// The base64 text, without line breaks.
    pub fn expose(&self) -> &str {
        self.0.expose()
    }
}

/// True for `SAMLResponse=..`, with its name encoded or not.
fn is_field(field: &str) -> bool {
    let name = field.split_once('=').map(|(name, _)| name);
    name.is_some_and(|name| name.len() <= 3 * FIELD.len() && percent_decode_str(name).eq(FIELD.bytes()))
}

impl fmt::Debug for SamlAssertion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SamlAssertion(redacted)")
    }
}
