//! How long tokens live, and what ends them.

use std::time::Duration;

use crate::lab::{Created, DEVICE_CODE, Lab, assert_refused};

#[track_caller]
fn assert_refresh_refused(result: Created) {
    assert!(result.as_ref().err().unwrap().as_service_error().unwrap().is_invalid_grant_exception());
    let document = r#"{"error":"invalid_grant","error_description":"Invalid refresh token provided"}"#;
    assert_refused(result, "InvalidGrantException", 400, document);
}

on_both_fronts! {
    async fn a_token_that_can_be_renewed_lasts_an_hour(lab) {
        let set = lab.sign_in(&lab.register().await, "alice").await;

        assert_eq!(set.expires_in(), 3600);
        lab.advance(3599);
        assert!(lab.is_valid(set.access_token().unwrap()).await);
        lab.advance(1);
        assert!(!lab.is_valid(set.access_token().unwrap()).await);
    }

    async fn without_the_scope_there_is_no_refresh_token_and_eight_hours(lab) {
        let client = lab.oidc().register_client().client_name("tool").client_type("public").send().await.unwrap();
        let set = lab.sign_in(&client, "alice").await;

        assert_eq!((set.refresh_token(), set.expires_in()), (None, 8 * 3600));
        lab.advance(8 * 3600 - 1);
        assert!(lab.is_valid(set.access_token().unwrap()).await);
        lab.advance(1);
        assert!(!lab.is_valid(set.access_token().unwrap()).await);
    }

    async fn a_refresh_token_has_one_successor(lab) {
        let client = lab.register().await;
        let first = lab.sign_in(&client, "alice").await;
        lab.advance(3600);

        let second = lab.refresh(&client, first.refresh_token().unwrap()).await.unwrap();

        assert_ne!(first.refresh_token(), second.refresh_token());
        assert!(!lab.is_valid(first.access_token().unwrap()).await);
        assert!(lab.is_valid(second.access_token().unwrap()).await);
        lab.refresh(&client, second.refresh_token().unwrap()).await.unwrap();
    }

    async fn a_refresh_token_that_comes_twice_ends_the_login(lab) {
        let client = lab.register().await;
        let first = lab.sign_in(&client, "alice").await;
        let other = lab.sign_in(&client, "alice").await;
        let second = lab.refresh(&client, first.refresh_token().unwrap()).await.unwrap();

        assert_refresh_refused(lab.refresh(&client, first.refresh_token().unwrap()).await);

        assert_refresh_refused(lab.refresh(&client, second.refresh_token().unwrap()).await);
        assert!(!lab.is_valid(first.access_token().unwrap()).await);
        assert!(!lab.is_valid(second.access_token().unwrap()).await);
        // Another login of the same person and client is not touched.
        assert!(lab.is_valid(other.access_token().unwrap()).await);
        lab.refresh(&client, other.refresh_token().unwrap()).await.unwrap();
    }

    async fn a_refresh_token_is_its_clients(lab) {
        let (client, other) = (lab.register().await, lab.register().await);
        let set = lab.sign_in(&client, "alice").await;

        assert_refresh_refused(lab.refresh(&other, set.refresh_token().unwrap()).await);
        assert_refresh_refused(lab.refresh(&client, set.access_token().unwrap()).await);
        lab.refresh(&client, set.refresh_token().unwrap()).await.unwrap();
    }

    async fn nothing_outlives_the_login(lab) {
        let client = lab.register().await;
        let first = lab.sign_in(&client, "alice").await;
        lab.advance(7 * 3600 + 1800);

        let last = lab.refresh(&client, first.refresh_token().unwrap()).await.unwrap();

        assert_eq!(last.expires_in(), 1800);
        lab.advance(1800);
        assert!(!lab.is_valid(last.access_token().unwrap()).await);
        assert_refresh_refused(lab.refresh(&client, last.refresh_token().unwrap()).await);
    }

    async fn logout_ends_the_login(lab) {
        let client = lab.register().await;
        let set = lab.sign_in(&client, "alice").await;
        let renewed = lab.refresh(&client, set.refresh_token().unwrap()).await.unwrap();
        let other = lab.sign_in(&client, "alice").await;

        lab.portal().logout().access_token(set.access_token().unwrap()).send().await.unwrap();

        assert!(!lab.is_valid(set.access_token().unwrap()).await);
        assert!(!lab.is_valid(renewed.access_token().unwrap()).await);
        assert_refresh_refused(lab.refresh(&client, renewed.refresh_token().unwrap()).await);
        assert!(lab.is_valid(other.access_token().unwrap()).await);
        let again = lab.portal().logout().access_token(set.access_token().unwrap()).send().await;
        assert_refused(again, "UnauthorizedException", 401, "Session token not found or invalid");
    }
}

#[tokio::test]
async fn a_test_may_set_both_durations() {
    let lab = Lab::with(|spec| {
        spec.with_session_duration(Duration::from_secs(1000))
            .with_access_token_duration(Duration::from_secs(900))
    });
    let client = lab.register().await;
    let set = lab.sign_in(&client, "alice").await;

    assert_eq!(set.expires_in(), 900);
    lab.advance(900);
    assert!(!lab.is_valid(set.access_token().unwrap()).await);
    assert_eq!(lab.refresh(&client, set.refresh_token().unwrap()).await.unwrap().expires_in(), 100);
}

#[tokio::test]
async fn a_client_that_registered_no_refresh_grant_gets_no_refresh_token() {
    let lab = Lab::in_process();
    let call = lab.oidc().register_client().client_name("tool").client_type("public");
    let client = call.scopes(crate::lab::ACCESS).grant_types(DEVICE_CODE).send().await.unwrap();

    assert_eq!(lab.sign_in(&client, "alice").await.refresh_token(), None);
}
