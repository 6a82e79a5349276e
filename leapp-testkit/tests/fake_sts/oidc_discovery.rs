//! A provider below the fake's own address publishes its discovery document and its keys.

use data_encoding::BASE64URL_NOPAD;
use leapp_testkit::aws::WebIdentityClaims;
use p256::ecdsa::signature::Verifier as _;
use p256::ecdsa::{Signature, VerifyingKey};

use crate::lab::Lab;
use crate::web::{get, send};

/// Where the fake answers, for either front.
fn host(lab: &Lab) -> String {
    let own = lab.server.as_ref().map(|server| server.endpoint_url().replace("http://", ""));
    own.unwrap_or_else(|| "oidc.example.com".to_owned())
}

fn key_of(jwk: &serde_json::Value) -> VerifyingKey {
    let coordinate = |name: &str| BASE64URL_NOPAD.decode(jwk[name].as_str().unwrap().as_bytes()).unwrap();
    VerifyingKey::from_sec1_bytes(&[vec![4], coordinate("x"), coordinate("y")].concat()).unwrap()
}

on_both_fronts! {
    async fn the_published_key_verifies_the_tokens(lab) {
        let host = host(&lab);
        let issuer = format!("http://{host}/oidc-provider/ci");
        let provider = lab.aws.add_oidc_provider(&lab.account, &issuer, &["sts.amazonaws.com"]);

        let document = get(&lab, &host, "/oidc-provider/ci/.well-known/openid-configuration").await.json();
        assert_eq!(document["issuer"], issuer);
        assert_eq!(document["id_token_signing_alg_values_supported"][0], "ES256");
        let keys = document["jwks_uri"].as_str().unwrap().strip_prefix(&format!("http://{host}")).unwrap();
        let jwks = get(&lab, &host, keys).await.json();
        let token = provider.token_at(&WebIdentityClaims::new("sts.amazonaws.com", "me"), lab.now());

        let (signed, signature) = token.expose().rsplit_once('.').unwrap();
        let signature = Signature::from_slice(&BASE64URL_NOPAD.decode(signature.as_bytes()).unwrap()).unwrap();
        key_of(&jwks["keys"][0]).verify(signed.as_bytes(), &signature).unwrap();
        let header = BASE64URL_NOPAD.decode(signed.split('.').next().unwrap().as_bytes()).unwrap();
        let header: serde_json::Value = serde_json::from_slice(&header).unwrap();
        assert_eq!(header["kid"], jwks["keys"][0]["kid"]);
    }

    async fn what_nobody_published_is_not_found(lab) {
        let host = host(&lab);
        lab.aws.add_oidc_provider(&lab.account, &format!("http://{host}/oidc-provider/ci"), &["a"]);

        get(&lab, &host, "/oidc-provider/other/.well-known/openid-configuration").await.assert_refused(404, "NotFound");
        get(&lab, &host, "/oidc-provider/ci").await.assert_refused(404, "NotFound");
        get(&lab, "elsewhere", "/oidc-provider/ci/.well-known/jwks").await.assert_refused(404, "NotFound");
        let target = "/oidc-provider/ci/.well-known/jwks";
        send(&lab, "POST", &host, target, "").await.assert_refused(404, "NotFound");
        get(&lab, &host, target).await.json();
    }
}

#[test]
fn two_worlds_sign_the_same() {
    let mut seen = Vec::new();
    for _ in 0..2 {
        let lab = Lab::in_process();
        let provider = lab.aws.add_oidc_provider(&lab.account, "https://token.example.com", &["a"]);
        let token = provider.token_at(&WebIdentityClaims::new("a", "me"), lab.now());
        seen.push(token.expose().to_owned());
    }

    assert_eq!(seen[0], seen[1]);
}
