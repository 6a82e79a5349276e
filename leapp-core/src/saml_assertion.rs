//! What a SAML identity provider posts to AWS.

use std::fmt;

use crate::{Error, ErrorKind, Secret};

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
        let mut text = zeroize::Zeroizing::new(String::with_capacity(base64.expose().len()));
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

    /// The base64 text, without line breaks.
    pub fn expose(&self) -> &str {
        self.0.expose()
    }
}

impl fmt::Debug for SamlAssertion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SamlAssertion(redacted)")
    }
}
