//! Scripted faults, in the words of these services, and what is in the record.

use leapp_testkit::aws::Fault;

use crate::lab::{Lab, assert_refused};

on_both_fronts! {
    async fn a_fault_speaks_the_services_language(lab) {
        let client = lab.register().await;
        let token = lab.access_token().await;
        for (fault, code, status, word) in [
            (Fault::AccessDenied, "AccessDeniedException", 400, "access_denied"),
            (Fault::ExpiredToken, "ExpiredTokenException", 400, "expired_token"),
            (Fault::ServerError, "InternalServerException", 500, "server_error"),
            (Fault::Throttle, "SlowDownException", 400, "slow_down"),
            (Fault::Unavailable, "ServiceUnavailableException", 503, "server_error"),
        ] {
            lab.aws.fail_next_of("CreateToken", fault, 1);
            assert_refused(lab.poll(&client, "code").await, code, status, word);
        }
        for (fault, code, status) in [
            (Fault::AccessDenied, "ForbiddenException", 403),
            (Fault::ExpiredToken, "UnauthorizedException", 401),
            (Fault::ServerError, "InternalServerException", 500),
            (Fault::Throttle, "TooManyRequestsException", 429),
            (Fault::Unavailable, "ServiceUnavailableException", 503),
        ] {
            lab.aws.fail_next_of("ListAccounts", fault, 1);
            let result = lab.portal().list_accounts().access_token(&token).send().await;
            assert_refused(result, code, status, "com.amazonaws.switchboard.portal#");
        }
        assert!(lab.is_valid(&token).await);
    }

    async fn an_answer_without_a_body_is_cut_before_it_begins(lab) {
        let token = lab.access_token().await;
        lab.aws.fail_next_of("Logout", Fault::CutShort, 1);

        let cut = lab.portal().logout().access_token(&token).send().await;

        assert!(matches!(cut.unwrap_err(), aws_sdk_sso::error::SdkError::DispatchFailure(_)));
        assert_eq!(lab.aws.requests().last().unwrap().error_code(), Some("CutShort"));
        assert!(!lab.is_valid(&token).await, "it is carried out all the same");
    }

    async fn a_token_may_be_expired_on_arrival(lab) {
        let client = lab.register().await;
        let device = lab.start_device(&client).await;
        lab.aws.approve_device(device.user_code().unwrap(), "alice").unwrap();
        lab.aws.fail_next_of("CreateToken", Fault::ExpiredOnArrival, 1);

        let set = lab.poll(&client, device.device_code().unwrap()).await.unwrap();

        assert_eq!(set.expires_in(), 0);
        assert!(!lab.is_valid(set.access_token().unwrap()).await);
    }

    async fn an_answer_that_is_lost_uses_the_refresh_token_up(lab) {
        let client = lab.register().await;
        let set = lab.sign_in(&client, "alice").await;
        lab.aws.fail_next_of("CreateToken", Fault::AnswerLost, 1);
        lab.refresh(&client, set.refresh_token().unwrap()).await.unwrap_err();

        let again = lab.refresh(&client, set.refresh_token().unwrap()).await;

        assert_refused(again, "InvalidGrantException", 400, "Invalid refresh token provided");
        assert!(!lab.is_valid(set.access_token().unwrap()).await);
    }

    async fn the_record_says_what_was_looked_at(lab) {
        lab.access_token().await;
        let requests = lab.aws.requests();
        let said: Vec<_> = requests.iter().map(|one| format!("{} {}", one.service(), one.action())).collect();

        assert_eq!(said, ["sso-oidc RegisterClient", "sso-oidc StartDeviceAuthorization", "sso-oidc CreateToken"]);
        assert_eq!(requests[2].checks(), ["client", "grant type", "device code"]);
        assert_eq!(requests[2].error_code(), None);
    }
}
