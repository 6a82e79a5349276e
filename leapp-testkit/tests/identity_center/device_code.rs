//! The device code grant: RFC 8628, and how fast one may poll.

use leapp_core::ErrorKind;
use leapp_testkit::aws::IdentityCenterSpec;

use crate::lab::{Created, Lab, assert_refused};

#[track_caller]
fn assert_pending(result: Created) {
    assert!(result.as_ref().err().unwrap().as_service_error().unwrap().is_authorization_pending_exception());
    let document =
        r#"{"error":"authorization_pending","error_description":"Authorization is still pending"}"#;
    assert_refused(result, "AuthorizationPendingException", 400, document);
}

#[track_caller]
fn assert_slow_down(result: Created) {
    assert!(result.as_ref().err().unwrap().as_service_error().unwrap().is_slow_down_exception());
    assert_refused(result, "SlowDownException", 400, r#""error":"slow_down""#);
}

on_both_fronts! {
    async fn a_device_gets_its_codes(lab) {
        let device = lab.start_device(&lab.register().await).await;

        let user_code = device.user_code().unwrap();
        assert!(user_code.len() == 9 && user_code.as_bytes()[4] == b'-', "{user_code}");
        assert_eq!((device.expires_in(), device.interval()), (600, 1));
        let (uri, complete) = (device.verification_uri().unwrap(), device.verification_uri_complete().unwrap());
        let origin = lab.server.as_ref().map(|server| server.endpoint_url());
        assert_eq!(uri, format!("{}/device", origin.as_deref().unwrap_or("https://oidc.eu-west-1.amazonaws.com")));
        assert_eq!(complete, format!("{uri}?user_code={user_code}"));
    }

    async fn who_waits_long_enough_gets_a_token(lab) {
        let client = lab.register().await;
        let device = lab.start_device(&client).await;
        let code = device.device_code().unwrap();
        assert_pending(lab.poll(&client, code).await);
        lab.advance(1);
        assert_pending(lab.poll(&client, code).await);
        lab.aws.approve_device(device.user_code().unwrap(), "alice").unwrap();
        lab.advance(1);

        let set = lab.poll(&client, code).await.unwrap();

        assert_eq!(set.token_type(), Some("Bearer"));
        assert!(set.access_token().unwrap().starts_with("aoaAAAAAG"));
        assert!(set.refresh_token().unwrap().starts_with("aorAAAAAG"));
        assert_eq!(set.id_token(), None);
        assert!(lab.is_valid(set.access_token().unwrap()).await);
    }

    async fn who_does_not_slow_down_never_gets_a_token(lab) {
        let client = lab.register().await;
        let device = lab.start_device(&client).await;
        lab.aws.approve_device(device.user_code().unwrap(), "alice").unwrap();
        let code = device.device_code().unwrap();
        let first = lab.start_device(&client).await;
        assert_pending(lab.poll(&client, first.device_code().unwrap()).await);
        assert_slow_down(lab.poll(&client, first.device_code().unwrap()).await);
        lab.aws.approve_device(first.user_code().unwrap(), "alice").unwrap();

        // Never told to slow down, and never too fast: the neighbour that is let in.
        lab.poll(&client, code).await.unwrap();
        for _ in 0..598 {
            lab.advance(1);
            assert_slow_down(lab.poll(&client, first.device_code().unwrap()).await);
        }
        lab.advance(2);
        let late = lab.poll(&client, first.device_code().unwrap()).await;
        assert_refused(late, "ExpiredTokenException", 400, r#""error":"expired_token""#);
    }

    async fn slow_down_adds_five_seconds_for_good(lab) {
        let client = lab.register().await;
        let device = lab.start_device(&client).await;
        let code = device.device_code().unwrap();
        assert_pending(lab.poll(&client, code).await);
        assert_slow_down(lab.poll(&client, code).await);
        lab.advance(6);
        assert_pending(lab.poll(&client, code).await);
        lab.advance(6);
        assert_pending(lab.poll(&client, code).await);
        lab.advance(5);
        assert_slow_down(lab.poll(&client, code).await);
        lab.advance(10);
        assert_slow_down(lab.poll(&client, code).await);
        lab.aws.approve_device(device.user_code().unwrap(), "alice").unwrap();
        lab.advance(16);

        lab.poll(&client, code).await.unwrap();
    }

    async fn a_device_code_lasts_ten_minutes(lab) {
        let client = lab.register().await;
        let (one, other) = (lab.start_device(&client).await, lab.start_device(&client).await);
        for device in [&one, &other] {
            lab.aws.approve_device(device.user_code().unwrap(), "alice").unwrap();
        }

        lab.advance(599);
        lab.poll(&client, one.device_code().unwrap()).await.unwrap();
        lab.advance(1);
        let result = lab.poll(&client, other.device_code().unwrap()).await;
        assert!(result.as_ref().err().unwrap().as_service_error().unwrap().is_expired_token_exception());
        assert_refused(result, "ExpiredTokenException", 400, r#""error":"expired_token""#);
    }

    async fn a_person_may_decline(lab) {
        let client = lab.register().await;
        let device = lab.start_device(&client).await;
        lab.aws.deny_device(device.user_code().unwrap()).unwrap();

        let result = lab.poll(&client, device.device_code().unwrap()).await;

        assert!(result.as_ref().err().unwrap().as_service_error().unwrap().is_access_denied_exception());
        assert_refused(result, "AccessDeniedException", 400, r#""error":"access_denied""#);
        let again = lab.aws.approve_device(device.user_code().unwrap(), "alice");
        assert_eq!(again.unwrap_err().kind(), ErrorKind::NotFound);
    }

    async fn a_device_code_works_once(lab) {
        let client = lab.register().await;
        let device = lab.start_device(&client).await;
        lab.aws.approve_device(device.user_code().unwrap(), "alice").unwrap();
        lab.poll(&client, device.device_code().unwrap()).await.unwrap();
        lab.advance(60);

        let result = lab.poll(&client, device.device_code().unwrap()).await;

        assert!(result.as_ref().err().unwrap().as_service_error().unwrap().is_invalid_grant_exception());
        assert_refused(result, "InvalidGrantException", 400, r#""error":"invalid_grant""#);
    }

    async fn a_device_code_is_its_clients(lab) {
        let (client, other) = (lab.register().await, lab.register().await);
        let device = lab.start_device(&client).await;
        lab.aws.approve_device(device.user_code().unwrap(), "alice").unwrap();

        let stolen = lab.poll(&other, device.device_code().unwrap()).await;

        assert_refused(stolen, "InvalidGrantException", 400, r#""error":"invalid_grant""#);
        lab.poll(&client, device.device_code().unwrap()).await.unwrap();
    }

    async fn an_unknown_device_code_is_refused(lab) {
        let client = lab.register().await;

        assert_refused(lab.poll(&client, "unknown").await, "InvalidGrantException", 400, "");
    }
}

#[tokio::test]
async fn the_interval_is_the_instances() {
    let lab = Lab::with(|spec: IdentityCenterSpec| spec.with_polling_interval(5));
    let client = lab.register().await;
    let device = lab.start_device(&client).await;
    assert_eq!(device.interval(), 5);
    let code = device.device_code().unwrap();
    assert_pending(lab.poll(&client, code).await);
    lab.advance(5);
    assert_pending(lab.poll(&client, code).await);
    lab.advance(4);
    assert_slow_down(lab.poll(&client, code).await);
}

#[tokio::test]
async fn a_person_types_the_code_as_they_like() {
    let lab = Lab::in_process();
    let client = lab.register().await;
    let device = lab.start_device(&client).await;
    let typed = device.user_code().unwrap().to_lowercase().replace('-', " ");

    lab.aws.approve_device(&typed, "alice").unwrap();

    lab.poll(&client, device.device_code().unwrap()).await.unwrap();
}

#[tokio::test]
async fn a_decision_needs_a_code_that_waits_and_a_person_who_exists() {
    let lab = Lab::in_process();
    let client = lab.register().await;
    let device = lab.start_device(&client).await;
    let code = device.user_code().unwrap();
    let kind = |result: Result<(), leapp_core::Error>| result.unwrap_err().kind();

    assert_eq!(kind(lab.aws.approve_device("BBBB-BBBB", "alice")), ErrorKind::NotFound);
    assert_eq!(kind(lab.aws.approve_device("", "alice")), ErrorKind::NotFound);
    assert_eq!(kind(lab.aws.approve_device(code, "mallory")), ErrorKind::NotFound);
    lab.advance(600);
    assert_eq!(kind(lab.aws.approve_device(code, "alice")), ErrorKind::Expired);
}
