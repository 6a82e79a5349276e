//! `AssumeRoleWithWebIdentity`: which tokens are believed, and what comes back.

use std::time::Duration;

use aws_sdk_sts::operation::assume_role_with_web_identity::builders::AssumeRoleWithWebIdentityFluentBuilder;
use aws_smithy_types::DateTime;
use leapp_core::{AccountId, RoleArn, Secret};
use leapp_testkit::aws::{OidcFailure, OidcProvider, TokenDamage, WebIdentityClaims};

use crate::lab::{Lab, temporary};
use crate::refusal::assert_refused;

const ISSUER: &str = "https://token.example.com/ci";
pub(crate) const NOT_A_JWT: &str = "The ID Token provided is not a valid JWT.";

pub(crate) fn provider(lab: &Lab) -> OidcProvider {
    lab.aws.add_oidc_provider(&lab.account, ISSUER, &["sts.amazonaws.com", "second-client"])
}

pub(crate) fn claims() -> WebIdentityClaims {
    WebIdentityClaims::new("sts.amazonaws.com", "repo:octo/app:ref:refs/heads/main")
}

pub(crate) fn role(lab: &Lab, provider: &OidcProvider) -> RoleArn {
    lab.aws.add_role(lab.spec("Deploy").with_trusted(provider.trust()))
}

pub(crate) fn call(lab: &Lab, role: &RoleArn, token: &Secret) -> AssumeRoleWithWebIdentityFluentBuilder {
    lab.client()
        .assume_role_with_web_identity()
        .role_arn(role.as_str())
        .role_session_name("session")
        .web_identity_token(token.expose())
}

/// Asks with these claims, signed now.
pub(crate) fn with(lab: &Lab, claims: &WebIdentityClaims) -> AssumeRoleWithWebIdentityFluentBuilder {
    let provider = provider(lab);
    call(lab, &role(lab, &provider), &provider.token_at(claims, lab.now()))
}

on_both_fronts! {
    async fn a_token_is_exchanged_for_a_role(lab) {
        let answer = with(&lab, &claims().with_source_identity("octo")).send().await.unwrap();

        assert_eq!(answer.subject_from_web_identity_token(), Some("repo:octo/app:ref:refs/heads/main"));
        assert_eq!(answer.provider(), Some("arn:aws:iam::111122223333:oidc-provider/token.example.com/ci"));
        assert_eq!(answer.audience(), Some("sts.amazonaws.com"));
        assert_eq!(answer.source_identity(), Some("octo"));
        let user = answer.assumed_role_user().unwrap();
        assert_eq!(user.arn(), "arn:aws:sts::111122223333:assumed-role/Deploy/session");
        assert!(user.assumed_role_id().starts_with("AROA"));
        let set = answer.credentials().unwrap();
        assert_eq!(*set.expiration(), DateTime::from(lab.now() + Duration::from_secs(3600)));
        let identity = lab.client_of(temporary(Some(set))).get_caller_identity().send().await.unwrap();
        assert_eq!(identity.arn(), Some(user.arn()));
        assert_eq!(identity.user_id(), Some(user.assumed_role_id()));
    }

    async fn a_slash_at_the_end_makes_another_issuer(lab) {
        let with_slash = format!("{ISSUER}/");
        let named = with(&lab, &claims().with_issuer(&with_slash)).send().await;
        let words = format!("No OpenIDConnect provider found in your account for {with_slash}");
        assert_refused(named, "InvalidIdentityToken", 400, &words);

        let provider = lab.aws.add_oidc_provider(&lab.account, &with_slash, &["sts.amazonaws.com"]);
        let role = role(&lab, &provider);
        let answer = call(&lab, &role, &provider.token_at(&claims(), lab.now())).send().await.unwrap();
        assert_eq!(answer.provider(), Some("arn:aws:iam::111122223333:oidc-provider/token.example.com/ci/"));
    }

    async fn the_request_needs_no_signature(lab) {
        with(&lab, &claims()).send().await.unwrap();

        let requests = lab.aws.requests();
        assert_eq!(requests[0].action(), "AssumeRoleWithWebIdentity");
        assert_eq!(requests[0].access_key_id(), None);
        assert!(requests[0].checks().contains(&"token signature"), "{:?}", requests[0].checks());
        assert!(!requests[0].checks().contains(&"access key"), "{:?}", requests[0].checks());
    }

    async fn damaged_tokens_are_refused(lab) {
        let provider = provider(&lab);
        let role = role(&lab, &provider);
        call(&lab, &role, &provider.token_at(&claims(), lab.now())).send().await.unwrap();

        for (damage, words) in [
            (TokenDamage::AlgorithmNone, NOT_A_JWT),
            (TokenDamage::ChangedSubject, "The signature of the token is not valid"),
            (TokenDamage::OtherAlgorithm, "The signature of the token is not valid"),
            (TokenDamage::OtherKey, "The signature of the token is not valid"),
            (TokenDamage::UnknownKey, "Couldn't retrieve verification key from your identity provider"),
        ] {
            let token = provider.damaged_token_at(&claims(), lab.now(), damage);
            assert_refused(call(&lab, &role, &token).send().await, "InvalidIdentityToken", 400, words);
        }
    }

    async fn a_token_that_does_not_name_its_key_is_refused(lab) {
        let provider = provider(&lab);
        let role = role(&lab, &provider);
        call(&lab, &role, &provider.token_at(&claims(), lab.now())).send().await.unwrap();

        // AWS does not try the one key that there is.
        let token = provider.damaged_token_at(&claims(), lab.now(), TokenDamage::NoKey);

        let words = "Couldn't retrieve verification key from your identity provider";
        assert_refused(call(&lab, &role, &token).send().await, "InvalidIdentityToken", 400, words);
    }

    async fn what_is_no_token_is_refused(lab) {
        let provider = provider(&lab);
        let role = role(&lab, &provider);
        let sound = provider.token_at(&claims(), lab.now());
        let cut = sound.expose().rsplit_once('.').unwrap().0;

        for text in ["opaque-access-token", "a.b.c", "....", "W10.W10.W10", cut, &format!("{}=", sound.expose())] {
            let result = call(&lab, &role, &Secret::new(text)).send().await;
            assert_refused(result, "InvalidIdentityToken", 400, NOT_A_JWT);
        }
    }

    async fn a_signature_of_any_length_is_only_refused(lab) {
        let provider = provider(&lab);
        let role = role(&lab, &provider);
        let sound = provider.token_at(&claims(), lab.now());
        let signed = sound.expose().rsplit_once('.').unwrap().0;

        for signature in ["", "AA", &"A".repeat(86), &"_".repeat(86), &"A".repeat(1000)] {
            let token = Secret::new(format!("{signed}.{signature}"));
            let result = call(&lab, &role, &token).send().await;
            assert_refused(result, "InvalidIdentityToken", 400, "");
        }
    }

    async fn every_claim_that_is_needed_is_asked_for(lab) {
        for name in ["iss", "sub", "aud", "exp", "iat"] {
            let words = format!("Missing a required claim: {name}");
            let result = with(&lab, &claims().without_claim(name)).send().await;
            assert_refused(result, "InvalidIdentityToken", 400, &words);
        }
        with(&lab, &claims().without_claim("nbf")).send().await.unwrap();
    }

    async fn times_are_whole_numbers(lab) {
        for name in ["exp", "iat", "nbf"] {
            let words = format!("The {name} claim of the token is not a whole number");
            let result = with(&lab, &claims().with_claim(name, "1700003600")).send().await;
            assert_refused(result, "InvalidIdentityToken", 400, &words);
        }
    }

    async fn an_issuer_without_provider_is_refused(lab) {
        let words = "No OpenIDConnect provider found in your account for https://other.example.com";
        let result = with(&lab, &claims().with_issuer("https://other.example.com")).send().await;

        assert_refused(result, "InvalidIdentityToken", 400, words);
    }

    async fn a_provider_of_another_account_is_none(lab) {
        let other = AccountId::parse("444455556666").unwrap();
        let foreign = lab.aws.add_oidc_provider(&other, ISSUER, &["sts.amazonaws.com"]);
        let role = lab.aws.add_role(lab.spec("Deploy").with_trusted(foreign.trust()));

        let result = call(&lab, &role, &foreign.token_at(&claims(), lab.now())).send().await;

        let words = format!("No OpenIDConnect provider found in your account for {ISSUER}");
        assert_refused(result, "InvalidIdentityToken", 400, &words);
    }

    async fn a_provider_made_anew_refuses_old_tokens(lab) {
        let old = provider(&lab);
        let token = old.token_at(&claims(), lab.now());
        let new = provider(&lab);
        let role = role(&lab, &new);

        let words = "Couldn't retrieve verification key";
        assert_refused(call(&lab, &role, &token).send().await, "InvalidIdentityToken", 400, words);
        call(&lab, &role, &new.token_at(&claims(), lab.now())).send().await.unwrap();
    }

    async fn the_audience_has_to_be_a_client_of_the_provider(lab) {
        let answer = with(&lab, &WebIdentityClaims::new("second-client", "me")).send().await.unwrap();
        assert_eq!(answer.audience(), Some("second-client"));
        let several = claims().with_audiences(&["elsewhere", "second-client"]);
        assert_eq!(with(&lab, &several).send().await.unwrap().audience(), Some("second-client"));
        for wrong in [
            WebIdentityClaims::new("elsewhere", "me"),
            claims().with_audiences(&[]),
            claims().with_authorized_party("elsewhere"),
        ] {
            assert_refused(with(&lab, &wrong).send().await, "InvalidIdentityToken", 400, "Incorrect token audience");
        }
    }

    async fn the_authorized_party_takes_the_audiences_place(lab) {
        let claims = WebIdentityClaims::new("elsewhere", "me").with_authorized_party("second-client");

        assert_eq!(with(&lab, &claims).send().await.unwrap().audience(), Some("second-client"));
    }

    async fn a_token_ends_when_it_said(lab) {
        let provider = provider(&lab);
        let role = role(&lab, &provider);
        let token = provider.token_at(&claims().with_lifetime(Duration::from_secs(300)), lab.now());

        lab.clock.advance(Duration::from_secs(299));
        call(&lab, &role, &token).send().await.unwrap();
        lab.clock.advance(Duration::from_secs(1));
        let words = "Token expired: current date/time 1700000300 must be before the expiration date/time 1700000300";
        assert_refused(call(&lab, &role, &token).send().await, "ExpiredTokenException", 400, words);
    }

    async fn a_token_from_the_future_is_refused(lab) {
        let provider = provider(&lab);
        let role = role(&lab, &provider);
        let at = |seconds| provider.token_at(&claims(), lab.now() + Duration::from_secs(seconds));

        call(&lab, &role, &at(300)).send().await.unwrap();
        let words = "The iat claim of the token is in the future";
        assert_refused(call(&lab, &role, &at(301)).send().await, "InvalidIdentityToken", 400, words);
    }

    async fn a_token_that_is_not_valid_yet_is_refused(lab) {
        let wait = |seconds| claims().with_wait(Duration::from_secs(seconds));

        with(&lab, &wait(300)).send().await.unwrap();
        let words = "The nbf claim of the token is in the future";
        assert_refused(with(&lab, &wait(301)).send().await, "InvalidIdentityToken", 400, words);
    }

    async fn a_token_may_be_used_again(lab) {
        let provider = provider(&lab);
        let (role, token) = (role(&lab, &provider), provider.token_at(&claims(), lab.now()));

        for _ in 0..2 {
            call(&lab, &role, &token).send().await.unwrap();
        }
    }

    async fn a_token_for_other_roles_is_refused(lab) {
        let provider = provider(&lab);
        let (role, other) = (role(&lab, &provider), lab.role("Other"));
        let token = |roles: &[RoleArn]| provider.token_at(&claims().with_roles(roles), lab.now());

        call(&lab, &role, &token(&[other.clone(), role.clone()])).send().await.unwrap();
        let result = call(&lab, &role, &token(&[other])).send().await;
        assert_refused(result, "InvalidIdentityToken", 400, "The token is not for this role");
    }

    async fn a_provider_may_fail(lab) {
        let provider = provider(&lab);
        let (role, token) = (role(&lab, &provider), provider.token_at(&claims(), lab.now()));

        for (failure, code, status) in [
            (OidcFailure::OutOfReach, "IDPCommunicationError", 400),
            (OidcFailure::RejectsClaims, "IDPRejectedClaim", 403),
        ] {
            lab.aws.fail_oidc_provider(&provider, Some(failure));
            assert_refused(call(&lab, &role, &token).send().await, code, status, "");
        }
        lab.aws.fail_oidc_provider(&provider, None);
        call(&lab, &role, &token).send().await.unwrap();
    }
}
