//! Keys that tokens are checked with, as issuers publish them: [JSON Web Key Sets](https://www.rfc-editor.org/rfc/rfc7517).

use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_FIXED, ECDSA_P384_SHA384_FIXED, ECDSA_P521_SHA512_FIXED, EcdsaVerificationAlgorithm,
    RSA_PKCS1_2048_8192_SHA256, RSA_PKCS1_2048_8192_SHA384, RSA_PKCS1_2048_8192_SHA512, RsaParameters,
    RsaPublicKeyComponents, UnparsedPublicKey,
};
use data_encoding::BASE64URL_NOPAD;
use leapp_core::{Error, ErrorKind};
use p256::ecdsa;
use serde_json::{Map, Value};

/// A key with its name.
#[derive(Clone, Debug)]
pub(in crate::aws) struct Jwk {
    /// Empty for the key that has none.
    pub(super) id: String,
    /// The one that it is for, where it says so.
    algorithm: Option<String>,
    key: Key,
}

#[derive(Clone, Debug)]
enum Key {
    /// A point, uncompressed.
    Ec(&'static Curve, Vec<u8>),
    Rsa(RsaPublicKeyComponents<Vec<u8>>),
}

#[derive(Debug)]
struct Curve {
    name: &'static str,
    algorithm: &'static str,
    verification: &'static EcdsaVerificationAlgorithm,
    /// Of a coordinate, in bytes.
    length: usize,
}

/// [What IAM takes](https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_providers_create_oidc.html): these and RSA.
static P256: Curve =
    Curve { name: "P-256", algorithm: "ES256", verification: &ECDSA_P256_SHA256_FIXED, length: 32 };
static P384: Curve =
    Curve { name: "P-384", algorithm: "ES384", verification: &ECDSA_P384_SHA384_FIXED, length: 48 };
static P521: Curve =
    Curve { name: "P-521", algorithm: "ES512", verification: &ECDSA_P521_SHA512_FIXED, length: 66 };

impl Jwk {
    pub(super) fn of_p256(id: &str, key: &ecdsa::VerifyingKey) -> Self {
        let point = key.to_sec1_point(false).as_bytes().to_vec();
        Self { id: id.to_owned(), algorithm: None, key: Key::Ec(&P256, point) }
    }

    /// The keys for signatures in a set. As RFC 7517 has it, those of a kind that nobody here knows are passed over.
    pub(super) fn parse_set(document: &str) -> Result<Vec<Self>, Error> {
        let document: Value = serde_json::from_str(document).map_err(|_| refused("it is not JSON"))?;
        let keys = document.get("keys").and_then(Value::as_array);
        let keys = keys.ok_or_else(|| refused("it has no list of `keys`"))?;
        let keys = keys.iter().filter_map(Value::as_object).filter_map(|key| Self::of(key).transpose());
        match keys.collect::<Result<Vec<_>, _>>()? {
            none if none.is_empty() => Err(refused("it has no key for signatures that IAM knows")),
            keys => Ok(keys),
        }
    }

    fn of(members: &Map<String, Value>) -> Result<Option<Self>, Error> {
        let text = |name: &str| members.get(name).and_then(Value::as_str);
        if text("use").is_some_and(|what_for| what_for != "sig") {
            return Ok(None);
        }
        let key = match text("kty") {
            Some("EC") => {
                let Some(curve) =
                    [&P256, &P384, &P521].into_iter().find(|curve| text("crv") == Some(curve.name))
                else {
                    return Ok(None);
                };
                let [x, y] = [number(members, "x")?, number(members, "y")?];
                if [&x, &y].iter().any(|coordinate| coordinate.len() != curve.length) {
                    return Err(refused("a point has a coordinate of a wrong length"));
                }
                Key::Ec(curve, [&[4][..], &x, &y].concat())
            }
            Some("RSA") => {
                Key::Rsa(RsaPublicKeyComponents { n: number(members, "n")?, e: number(members, "e")? })
            }
            _ => return Ok(None),
        };
        let id = text("kid").unwrap_or_default().to_owned();
        Ok(Some(Self { id, algorithm: text("alg").map(str::to_owned), key }))
    }

    /// Whether it signed this by an algorithm that the signature itself names.
    pub(super) fn verifies(&self, algorithm: &str, message: &[u8], signature: &[u8]) -> bool {
        if self.algorithm.as_ref().is_some_and(|own| own != algorithm) {
            return false;
        }
        match &self.key {
            Key::Ec(curve, point) => {
                let key = UnparsedPublicKey::new(curve.verification, point);
                curve.algorithm == algorithm && key.verify(message, signature).is_ok()
            }
            Key::Rsa(key) => {
                rsa(algorithm).is_some_and(|parameters| key.verify(parameters, message, signature).is_ok())
            }
        }
    }
}

fn rsa(algorithm: &str) -> Option<&'static RsaParameters> {
    match algorithm {
        "RS256" => Some(&RSA_PKCS1_2048_8192_SHA256),
        "RS384" => Some(&RSA_PKCS1_2048_8192_SHA384),
        "RS512" => Some(&RSA_PKCS1_2048_8192_SHA512),
        _ => None,
    }
}

/// The bytes of a member, most significant first.
fn number(members: &Map<String, Value>, name: &str) -> Result<Vec<u8>, Error> {
    let text = members.get(name).and_then(Value::as_str);
    let bytes = text.and_then(|text| BASE64URL_NOPAD.decode(text.as_bytes()).ok());
    bytes.ok_or_else(|| refused(&format!("a key's `{name}` is missing or not base64url")))
}

fn refused(why: &str) -> Error {
    Error::new(ErrorKind::InvalidInput, format!("could not read a JSON Web Key Set: {why}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The keys of [RFC 7515](https://www.rfc-editor.org/rfc/rfc7515), appendix A.2 to A.4, among others that sign nothing.
    const SET: &str = r#"{"keys":[
        {"kty":"oct","kid":"shared","k":"AyM1SysPpbyDfgZld3umj1qzKObwVMko"},
        {"kty":"EC","crv":"secp256k1","kid":"other","x":"AA","y":"AA"},
        {"kty":"RSA","use":"enc","kid":"encryption","n":"AQAB","e":"AQAB"},
        {"kty":"RSA","alg":"RS256","use":"sig","kid":"A.2","e":"AQAB","n":"ofgWCuLjybRlzo0tZWJjNiuSfb4p4fAkd_wWJcyQoTbji9k0l8W26mPddxHmfHQp-Vaw-4qPCJrcS2mJPMEzP1Pt0Bm4d4QlL-yRT-SFd2lZS-pCgNMsD1W_YpRPEwOWvG6b32690r2jZ47soMZo9wGzjb_7OMg0LOL-bSf63kpaSHSXndS5z5rexMdbBYUsLA9e-KXBdQOS-UTo7WTBEMa2R2CapHg665xsmtdVMTBQY4uDZlxvb3qCo5ZwKh9kG4LT6_I5IhlJH7aGhyxXFvUK-DWNmoudF8NAco9_h9iaGNj8q2ethFkMLs91kzk2PAcDTW9gb54h4FRWyuXpoQ"},
        {"kty":"EC","crv":"P-256","kid":"A.3","x":"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU","y":"x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0"},
        {"kty":"EC","crv":"P-521","x":"AekpBQ8ST8a8VcfVOTNl353vSrDCLLJXmPk06wTjxrrjcBpXp5EOnYG_NjFZ6OvLFV1jSfS9tsz4qUxcWceqwQGk","y":"ADSmRA43Z1DSNx_RvcLI87cdL07l6jQyyBXMoxVg_l2Th-x3S1WDhjDly79ajL4Kkd0AZMaZmh9ubmf63e3kyMj2"}
    ]}"#;
    const JOE: &str =
        "eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ";
    const SIGNED: [[&str; 4]; 3] = [
        [
            "RS256",
            "eyJhbGciOiJSUzI1NiJ9",
            JOE,
            "cC4hiUPoj9Eetdgtv3hF80EGrhuB__dzERat0XF9g2VtQgr9PJbu3XOiZj5RZmh7AAuHIm4Bh-0Qc_lF5YKt_O8W2Fp5jujGbds9uJdbF9CUAr7t1dnZcAcQjbKBYNX4BAynRFdiuB--f_nZLgrnbyTyWzO75vRK5h6xBArLIARNPvkSjtQBMHlb1L07Qe7K0GarZRmB_eSN9383LcOLn6_dO--xi12jzDwusC-eOkHWEsqtFZESc6BfI7noOPqvhJ1phCnvWh6IeYI2w9QOYEUipUTI8np6LbgGY9Fs98rqVt5AXLIhWkWywlVmtVrBp0igcN_IoypGlUPQGe77Rw",
        ],
        [
            "ES256",
            "eyJhbGciOiJFUzI1NiJ9",
            JOE,
            "DtEhU3ljbEg8L38VWAfUAqOyKAM6-Xx-F4GawxaepmXFCgfTjDxw5djxLa8ISlSApmWQxfKTUJqPP3-Kg6NU1Q",
        ],
        [
            "ES512",
            "eyJhbGciOiJFUzUxMiJ9",
            "UGF5bG9hZA",
            "AdwMgeerwtHoh-l192l60hp9wAHZFVJbLfD_UxMi70cwnZOYaRI1bKPWROc-mZZqwqT2SI-KGDKB34XO0aw_7XdtAG8GaSwFKdCAPZgoXD2YBJZCPEX3xKpRwcdOO8KpEHwJjyqOgzDO7iKvU8vcnwNrmxYbSW9ERBXukOXolLzeO_Jn",
        ],
    ];

    #[test]
    fn each_key_verifies_what_it_signed_and_nothing_else() {
        let keys = Jwk::parse_set(SET).unwrap();
        let ids: Vec<_> = keys.iter().map(|key| key.id.as_str()).collect();
        assert_eq!(ids, ["A.2", "A.3", ""]);
        for (signer, [algorithm, header, payload, signature]) in SIGNED.into_iter().enumerate() {
            let message = format!("{header}.{payload}");
            let signature = BASE64URL_NOPAD.decode(signature.as_bytes()).unwrap();
            for (number, key) in keys.iter().enumerate() {
                let verifies = key.verifies(algorithm, message.as_bytes(), &signature);
                assert_eq!(verifies, number == signer, "{algorithm}, key {number}");
            }
            let key = &keys[signer];
            for other in ["none", "HS256", "RS384", "ES384", "PS256", ""] {
                assert!(!key.verifies(other, message.as_bytes(), &signature), "{algorithm} as {other}");
            }
            let changed = message.replace(&payload[..2], "eX");
            assert!(!key.verifies(algorithm, changed.as_bytes(), &signature), "{algorithm}");
            assert!(!key.verifies(algorithm, message.as_bytes(), &signature[1..]), "{algorithm}");
        }
    }

    #[test]
    fn what_is_no_set_of_keys_is_told() {
        for (document, said) in [
            ("<keys/>", "not JSON"),
            ("[]", "no list of `keys`"),
            (r#"{"keys":{}}"#, "no list of `keys`"),
            (r#"{"keys":[{"kty":"oct","k":"AA"},7]}"#, "no key for signatures"),
            (r#"{"keys":[{"kty":"RSA","e":"AQAB"}]}"#, "`n` is missing"),
            (r#"{"keys":[{"kty":"RSA","n":"AQAB","e":"+/=="}]}"#, "`e` is missing or not base64url"),
            (r#"{"keys":[{"kty":"EC","crv":"P-256","x":"AA","y":"AA"}]}"#, "a wrong length"),
        ] {
            let error = Jwk::parse_set(document).unwrap_err();
            assert_eq!(error.kind(), ErrorKind::InvalidInput);
            assert!(error.to_string().contains(said), "{document}: {error}");
        }
    }
}
