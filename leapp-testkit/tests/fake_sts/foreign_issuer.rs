//! Issuers that are not part of the world: their tokens are believed by their keys.

use leapp_core::{AccountId, ErrorKind, Secret};
use leapp_testkit::aws::{OidcProvider, TokenDamage, WebIdentityClaims};

use crate::lab::Lab;
use crate::refusal::assert_refused;
use crate::web::get;
use crate::web_identity::{NOT_A_JWT, call, claims};

const HOST: &str = "oidc.example.com";
const ISSUER: &str = "https://oidc.example.com/oidc-provider/elsewhere";
const KEYS: &str = "/oidc-provider/elsewhere/.well-known/jwks";
const AUDIENCE: &str = "sts.amazonaws.com";

/// An issuer in another world, and the keys that it publishes.
async fn elsewhere() -> (OidcProvider, String) {
    let lab = Lab::in_process();
    // There the first key is another: worlds make their keys in the same order.
    lab.aws.add_oidc_provider(&lab.account, "https://first.example.com", &[]);
    let provider = lab.aws.add_oidc_provider(&lab.account, ISSUER, &[]);
    let keys = get(&lab, HOST, KEYS).await.body;
    (provider, keys)
}

on_both_fronts! {
    async fn a_foreign_issuer_is_believed_by_its_keys(lab) {
        let (issuer, keys) = elsewhere().await;
        let trust = lab.aws.add_oidc_provider_from_jwks(&lab.account, ISSUER, &[AUDIENCE], &keys).unwrap();
        let role = lab.aws.add_role(lab.spec("Deploy").with_trusted(trust.with_subject("repo:octo/*")));
        let ask = async |token: &Secret| call(&lab, &role, token).send().await;
        let token_for = |claims: &WebIdentityClaims| issuer.token_at(claims, lab.now());

        let answer = ask(&token_for(&claims())).await.unwrap();
        assert_eq!(answer.provider(), Some(issuer.arn()));
        assert_eq!(answer.subject_from_web_identity_token(), Some("repo:octo/app:ref:refs/heads/main"));

        for (damage, words) in [
            (TokenDamage::AlgorithmNone, NOT_A_JWT),
            (TokenDamage::ChangedSubject, "The signature of the token is not valid"),
            (TokenDamage::NoKey, "Couldn't retrieve verification key"),
            (TokenDamage::OtherAlgorithm, "The signature of the token is not valid"),
            (TokenDamage::OtherKey, "The signature of the token is not valid"),
            (TokenDamage::UnknownKey, "Couldn't retrieve verification key"),
        ] {
            let token = issuer.damaged_token_at(&claims(), lab.now(), damage);
            assert_refused(ask(&token).await, "InvalidIdentityToken", 400, words);
        }
        let other_audience = WebIdentityClaims::new("somebody-else", "repo:octo/app");
        assert_refused(ask(&token_for(&other_audience)).await, "InvalidIdentityToken", 400, "Incorrect token audience");
        let other_subject = WebIdentityClaims::new(AUDIENCE, "repo:other/app");
        assert_refused(ask(&token_for(&other_subject)).await, "AccessDenied", 403, "Not authorized");

        // The issuer has a new key, and the account is told. What the old one signed is worth nothing then.
        let renewed = lab.aws.add_oidc_provider(&lab.account, ISSUER, &[AUDIENCE]);
        assert_refused(ask(&token_for(&claims())).await, "InvalidIdentityToken", 400, "");
        ask(&renewed.token_at(&claims(), lab.now())).await.unwrap();
    }

    async fn nobody_gets_a_foreign_issuers_tokens_here(lab) {
        let (issuer, keys) = elsewhere().await;
        lab.aws.add_oidc_provider_from_jwks(&lab.account, ISSUER, &[AUDIENCE], &keys).unwrap();

        get(&lab, HOST, KEYS).await.assert_refused(404, "NotFound");
        let form = format!("provider={}&audience={AUDIENCE}&subject=me", issuer.arn());
        let page = crate::web::send(&lab, "POST", "127.0.0.1", "/oidc-token", &form).await;
        page.assert_refused(400, "There is no OIDC provider");
    }
}

#[test]
fn keys_that_cannot_be_read_change_nothing() {
    let (lab, account) = (Lab::in_process(), AccountId::parse("111122223333").unwrap());
    let error = lab.aws.add_oidc_provider_from_jwks(&account, ISSUER, &[AUDIENCE], "{}").unwrap_err();
    assert_eq!(error.kind(), ErrorKind::InvalidInput);
}
