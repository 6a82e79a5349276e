//! Web identity tokens of anybody's, for the fuzz targets.
#![expect(clippy::missing_panics_doc, reason = "a fuzz target stops at what must not be")]

use data_encoding::BASE64URL_NOPAD;
use http::Response;
use hyper::body::Bytes;
use leapp_core::RoleArn;

use super::OidcProvider;
use super::jws::signature;
use crate::aws::RoleSpec;
use crate::aws::fuzzing::{Lab, fill, form_request, is_believed};

/// A token as it is; or, in two lines, header and claims of one that the provider signs.
///
/// Only the latter can be believed. `KID` stands for the name of the provider's key, `ROLE` for the role's ARN.
pub fn oidc_token(bytes: &[u8]) {
    let Ok(text) = str::from_utf8(bytes) else { return };
    let door = Door::new();
    let text = fill(text, [("KID", &*door.provider.key_id), ("ROLE", door.role.as_str())]);
    let Some((header, claims)) = text.split_once('\n') else {
        assert!(!is_believed(&door.redeem(&text)), "a token that nobody signed is believed");
        return;
    };
    let [header, claims] = [header, claims].map(|part| BASE64URL_NOPAD.encode(part.as_bytes()));
    let signed = format!("{header}.{claims}");
    door.redeem(&format!("{signed}.{}", signature(&signed, &door.provider.key)));
    assert!(!is_believed(&door.redeem(&format!("{signed}."))), "a token without a signature is believed");
}

struct Door {
    lab: Lab,
    provider: OidcProvider,
    role: RoleArn,
}

impl Door {
    fn new() -> Self {
        let lab = Lab::new();
        let provider = lab.aws.add_oidc_provider(&lab.account, "https://token.example.com", &["fuzz"]);
        let role = lab.aws.add_role(RoleSpec::new(&lab.account, "Web").with_trusted(provider.trust()));
        Self { lab, provider, role }
    }

    fn redeem(&self, token: &str) -> Response<Bytes> {
        self.lab.answer(&form_request(&[
            ("Action", "AssumeRoleWithWebIdentity"),
            ("RoleArn", self.role.as_str()),
            ("RoleSessionName", "alice"),
            ("WebIdentityToken", token),
        ]))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::aws::WebIdentityClaims;
    use crate::aws::fuzzing::clock;
    use leapp_core::Clock as _;

    #[test]
    fn a_sound_token_is_believed() {
        let door = Door::new();
        let token = door.provider.token_at(&WebIdentityClaims::new("fuzz", "alice"), clock().now());
        assert!(is_believed(&door.redeem(token.expose())));
    }
}
