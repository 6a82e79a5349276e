//! `AssumeRoleWithWebIdentity`: which roles trust, for how long, and the bounds of the parameters.

use std::time::Duration;

use aws_smithy_types::DateTime;
use leapp_core::{ExternalId, RoleArn};

use crate::lab::Lab;
use crate::refusal::assert_refused;
use crate::web_identity::{NOT_A_JWT, call, claims, provider, role, with};

const DENIED: &str = "Not authorized to perform sts:AssumeRoleWithWebIdentity";

on_both_fronts! {
    async fn the_role_has_to_trust_the_provider(lab) {
        let provider = provider(&lab);
        let second = lab.aws.add_oidc_provider(&lab.account, "https://second.example.com", &["sts.amazonaws.com"]);
        let token = provider.token_at(&claims(), lab.now());
        let none = RoleArn::parse("arn:aws:iam::111122223333:role/None").unwrap();
        let own = lab.role("Own");
        let other = lab.aws.add_role(lab.spec("Other").with_trusted(second.trust()));

        for role in [none, own, other] {
            assert_refused(call(&lab, &role, &token).send().await, "AccessDenied", 403, DENIED);
        }
        let both = lab.spec("Both").with_trusted(second.trust()).with_trusted(provider.trust());
        call(&lab, &lab.aws.add_role(both), &token).send().await.unwrap();
    }

    async fn the_role_may_ask_for_subject_and_audience(lab) {
        let provider = provider(&lab);
        let token = provider.token_at(&claims(), lab.now());

        for (trust, is_trusted) in [
            (provider.trust().with_subject("repo:octo/*"), true),
            (provider.trust().with_subject("repo:octo/app:ref:refs/heads/*").with_audience("sts.amazonaws.com"), true),
            (provider.trust().with_subject("repo:octo/other:*"), false),
            (provider.trust().with_subject("repo:octo/app"), false),
            (provider.trust().with_audience("second-client"), false),
        ] {
            let shown = format!("{trust:?}");
            let role = lab.aws.add_role(lab.spec("Deploy").with_trusted(trust));
            let result = call(&lab, &role, &token).send().await;
            if is_trusted {
                assert!(result.is_ok(), "{shown}");
            } else {
                assert_refused(result, "AccessDenied", 403, DENIED);
            }
        }
    }

    async fn a_role_that_asks_for_mfa_or_an_external_id_is_denied(lab) {
        let provider = provider(&lab);
        let token = provider.token_at(&claims(), lab.now());
        let mfa = lab.spec("Mfa").with_trusted(provider.trust()).requiring_mfa();
        let id = ExternalId::parse("customer").unwrap();
        let external = lab.spec("External").with_trusted(provider.trust()).with_external_id(id);

        for spec in [mfa, external] {
            let role = lab.aws.add_role(spec);
            assert_refused(call(&lab, &role, &token).send().await, "AccessDenied", 403, DENIED);
        }
    }

    async fn a_role_for_web_identities_is_not_for_users(lab) {
        let role = role(&lab, &provider(&lab));

        let result = lab.client().assume_role().role_arn(role.as_str()).role_session_name("session").send().await;

        assert_refused(result, "AccessDenied", 403, "user/alice is not authorized to perform: sts:AssumeRole");
    }

    async fn as_long_as_the_role_allows(lab) {
        let provider = provider(&lab);
        let spec = lab.spec("Deploy").with_trusted(provider.trust());
        let role = lab.aws.add_role(spec.with_max_session_duration(Duration::from_secs(7200)));
        let token = provider.token_at(&claims(), lab.now());

        let answer = call(&lab, &role, &token).duration_seconds(7200).send().await.unwrap();
        let expected = DateTime::from(lab.now() + Duration::from_secs(7200));
        assert_eq!(*answer.credentials().unwrap().expiration(), expected);
        let words = "The requested DurationSeconds exceeds the MaxSessionDuration set for this role.";
        let result = call(&lab, &role, &token).duration_seconds(7201).send().await;
        assert_refused(result, "ValidationError", 400, words);
    }

    async fn parameters_keep_to_their_bounds(lab) {
        let valid = with(&lab, &claims());

        for (call, words) in [
            (valid.clone().set_web_identity_token(None), "Value null at 'webIdentityToken'"),
            (valid.clone().web_identity_token("abc"), "Member must have length greater than or equal to 4"),
            (valid.clone().web_identity_token("a".repeat(20_001)), "Member must have length less than or equal to 20000"),
            (valid.clone().role_session_name("a"), "'roleSessionName'"),
            (valid.clone().duration_seconds(899), "'durationSeconds'"),
            (valid.clone().duration_seconds(43_201), "'durationSeconds'"),
            (valid.clone().minimum_session_token_size(4097), "'minimumSessionTokenSize'"),
            (valid.clone().provider_id("www.amazon.com"), "ProviderId must not be specified"),
        ] {
            assert_refused(call.send().await, "ValidationError", 400, words);
        }
        let longest = valid.clone().web_identity_token("a".repeat(20_000)).send().await;
        assert_refused(longest, "InvalidIdentityToken", 400, NOT_A_JWT);
        valid.clone().duration_seconds(900).send().await.unwrap();
        valid.duration_seconds(43_200).send().await.unwrap();
    }

    async fn a_refusal_does_not_repeat_the_token(lab) {
        let token = format!("{}secret", "a".repeat(20_000));

        let result = with(&lab, &claims()).web_identity_token(&token).send().await;

        let error = format!("{:?}", crate::refusal::refused(result));
        assert!(!error.contains("aaaa"), "{error}");
    }

    async fn the_session_token_is_as_large_as_asked(lab) {
        let answer = with(&lab, &claims()).minimum_session_token_size(4096).send().await.unwrap();

        assert_eq!(answer.credentials().unwrap().session_token().len(), 4096);
        assert_eq!(answer.session_token_size(), Some(4096));
        assert_eq!(answer.session_token_utilization().map(f64::from), Some(100.0));
    }
}
