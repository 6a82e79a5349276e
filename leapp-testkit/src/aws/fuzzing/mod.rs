//! What the fuzz targets throw at the fake AWS. Not part of the stable interface.
//!
//! Each takes any bytes and panics when a promise is broken. The inputs that a fuzzer kept are in `fuzz/corpus`; the
//! test below runs them again.

mod identity_center;
mod lab;
mod query;
mod sign_in;
mod signed;
#[cfg(feature = "serve")]
mod world_file;

pub use super::front::fuzzing::wire;
pub use super::oidc::fuzzing::oidc_token;
pub use super::saml::fuzzing::{saml_metadata, saml_response};
pub use identity_center::identity_center;
pub(super) use lab::{Lab, clock, fill, form_request, is_believed};
pub use query::{form, request};
pub use sign_in::sign_in;
pub use signed::{authorization, presigned};
#[cfg(feature = "serve")]
pub use world_file::world_file;

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;
    use crate::corpus;

    type Target = fn(&[u8]);

    const TARGETS: &[(&str, Target)] = &[
        ("authorization", authorization),
        ("form", form),
        ("identity_center", identity_center),
        ("oidc_token", oidc_token),
        ("presigned", presigned),
        ("request", request),
        ("saml_metadata", saml_metadata),
        ("saml_response", saml_response),
        ("sign_in", sign_in),
        ("wire", wire),
        #[cfg(feature = "serve")]
        ("world_file", world_file),
    ];

    #[test]
    fn what_the_fuzzer_kept_still_breaks_nothing() {
        let corpora = Path::new(env!("CARGO_MANIFEST_DIR")).join("../fuzz/corpus");
        for (name, target) in TARGETS {
            corpus::replay(&corpora.join(name), target);
        }
    }
}
