//! What the fuzz targets throw at readers of what a browser posts. It is there for a fuzzer and for tests only.
//!
//! Each takes any bytes and panics when a promise is broken. The inputs that a fuzzer kept are in `fuzz/corpus`; the
//! test below runs them again.

use data_encoding::BASE64;

use crate::aws::SamlResponse;
use crate::{SamlAssertion, Secret};

/// What a browser posts: what is taken of it is taken again.
pub fn posted_form(bytes: &[u8]) {
    let body = String::from_utf8_lossy(bytes);
    if let Ok(assertion) = SamlAssertion::from_form(&Secret::new(body)) {
        let again = SamlAssertion::from_form(&Secret::new(assertion.expose()));
        assert!(again.is_ok_and(|again| again.expose() == assertion.expose()));
    }
}

/// A document as a SAML response: an answer of bounded size, or an error of one line.
pub fn posted_response(bytes: &[u8]) {
    let Ok(assertion) = SamlAssertion::parse(&Secret::new(BASE64.encode(bytes))) else { return };
    match SamlResponse::parse(&assertion) {
        Ok(response) => assert!(response.roles().len() < 10_000),
        Err(error) => assert!(!error.to_string().contains('\n'), "{error}"),
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use leapp_testkit::corpus;

    use super::*;

    #[test]
    fn what_the_fuzzer_kept_still_breaks_nothing() {
        let corpora = Path::new(env!("CARGO_MANIFEST_DIR")).join("../fuzz/corpus");
        corpus::replay(&corpora.join("posted_form"), posted_form);
        corpus::replay(&corpora.join("posted_response"), posted_response);
    }
}
