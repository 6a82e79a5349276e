//! Who is let in: keys, tokens, expiration and clocks.

use std::time::Duration;

use aws_sdk_sts::Client;
use aws_sdk_sts::config::Credentials;

use crate::fronts::Shown;
use crate::lab::{Lab, Tamper, long_lived, temporary};
use crate::refusal::{assert_refused, refused};

async fn refuses(client: Client, code: &str, words: &str) {
    assert_refused(client.get_caller_identity().send().await, code, 403, words);
}

async fn set(lab: &Lab) -> Credentials {
    temporary(lab.client().get_session_token().send().await.unwrap().credentials())
}

fn with_token(set: &Credentials, token: Option<&str>) -> Credentials {
    Credentials::new(set.access_key_id(), set.secret_access_key(), token.map(str::to_owned), None, "test")
}

on_both_fronts! {
    async fn an_unsigned_request_is_refused(lab) {
        let unsigned = Tamper(Box::new(|request| { request.headers_mut().remove("authorization"); }));

        let result = lab.client().get_caller_identity().customize().interceptor(unsigned).send().await;

        assert_refused(result, "MissingAuthenticationToken", 403, "Request is missing Authentication Token");
    }

    async fn a_wrong_secret_is_refused(lab) {
        let wrong = Credentials::new(lab.key.access_key_id().as_str(), "not it", None, None, "test");

        refuses(lab.client_of(wrong), "SignatureDoesNotMatch", "does not match the signature you provided").await;
    }

    async fn an_unknown_key_is_refused(lab) {
        let unknown = Credentials::new("AKIAIOSFODNN7EXAMPLE", "secret", None, None, "test");

        refuses(lab.client_of(unknown), "InvalidClientTokenId", "security token included in the request is invalid").await;
    }

    async fn a_deleted_key_is_refused(lab) {
        lab.aws.delete_access_key(lab.key.access_key_id());

        refuses(lab.client(), "InvalidClientTokenId", "").await;
    }

    async fn a_long_lived_key_with_a_token_is_refused(lab) {
        let key = with_token(&long_lived(&lab.key), Some("token"));

        refuses(lab.client_of(key), "InvalidClientTokenId", "").await;
    }

    async fn a_temporary_key_without_its_token_is_refused(lab) {
        let set = set(&lab).await;

        refuses(lab.client_of(with_token(&set, None)), "InvalidClientTokenId", "").await;
    }

    async fn a_temporary_key_with_a_wrong_token_is_refused(lab) {
        let set = set(&lab).await;
        let wrong = set.session_token().unwrap().replacen("IQoJ", "IQoK", 1);

        refuses(lab.client_of(with_token(&set, Some(&wrong))), "InvalidClientTokenId", "").await;
    }

    async fn a_temporary_key_with_another_sets_token_is_refused(lab) {
        let (one, other) = (set(&lab).await, set(&lab).await);

        refuses(lab.client_of(with_token(&one, other.session_token())), "InvalidClientTokenId", "").await;
    }

    async fn a_set_ends_at_its_expiration(lab) {
        let client = lab.client_of(set(&lab).await);

        lab.clock.advance(Duration::from_secs(43_199));
        client.get_caller_identity().send().await.unwrap();
        lab.clock.advance(Duration::from_secs(1));

        refuses(client, "ExpiredToken", "The security token included in the request is expired").await;
    }

    async fn a_clock_may_be_off_by_five_minutes(lab) {
        for off in [-300, 300] {
            let config = lab.config(long_lived(&lab.key)).time_source(Shown(lab.clock.clone(), off));
            Client::from_conf(config.build()).get_caller_identity().send().await.unwrap();
        }
    }

    async fn a_clock_that_is_slow_is_refused(lab) {
        let config = lab.config(long_lived(&lab.key)).time_source(Shown(lab.clock.clone(), -301));

        let refused = refused(Client::from_conf(config.build()).get_caller_identity().send().await);

        assert_eq!((refused.code.as_str(), refused.status), ("SignatureDoesNotMatch", 403));
        assert_eq!(
            refused.message,
            "Signature expired: 20231114T220819Z is now earlier than 20231114T220820Z (20231114T221320Z - 5 min.)"
        );
    }

    async fn a_clock_that_is_fast_is_refused(lab) {
        let config = lab.config(long_lived(&lab.key)).time_source(Shown(lab.clock.clone(), 301));

        let refused = refused(Client::from_conf(config.build()).get_caller_identity().send().await);

        assert_eq!((refused.code.as_str(), refused.status), ("SignatureDoesNotMatch", 403));
        assert_eq!(
            refused.message,
            "Signature not yet current: 20231114T221821Z is still later than 20231114T221820Z \
             (20231114T221320Z + 5 min.)"
        );
    }
}

#[tokio::test]
async fn another_regions_endpoint_is_refused() {
    let lab = Lab::in_process();
    let config = lab.config(long_lived(&lab.key)).endpoint_url("https://sts.us-west-2.amazonaws.com");

    refuses(Client::from_conf(config.build()), "SignatureDoesNotMatch", "scoped to a valid region").await;
}

#[tokio::test]
async fn the_region_of_the_signature_serves() {
    let lab = Lab::in_process();
    let config = lab.config(long_lived(&lab.key)).endpoint_url("https://sts.eu-west-1.amazonaws.com");

    Client::from_conf(config.build()).get_caller_identity().send().await.unwrap();
}
