//! From credentials to a console session.

use std::time::Duration;

use leapp_testkit::aws::Fault;

use crate::broker::{
    CONSOLE, HOST, encoded, federated, get_signin_token, login, own_session, post, role_session, session,
    signin_token,
};
use crate::lab::Lab;
use crate::web::get;

on_both_fronts! {
    async fn a_role_session_becomes_a_console_session(lab) {
        let (_, set) = role_session(&lab).await;

        let token = signin_token(&get_signin_token(&lab, &set, None).await);
        let page = login(&lab, &token, CONSOLE).await;

        assert_eq!((page.status, page.location.as_deref()), (302, Some(CONSOLE)));
        let cookie = page.cookie.unwrap();
        assert!(cookie.contains("; Secure; HttpOnly") && cookie.contains("Max-Age=3600;"), "{cookie}");
        let sessions = lab.aws.console_sessions();
        assert_eq!(sessions.len(), 1);
        assert_eq!(sessions[0].arn(), "arn:aws:sts::111122223333:assumed-role/Deploy/session");
        assert_eq!(sessions[0].destination(), CONSOLE);
        assert_eq!(sessions[0].issuer(), Some("https://broker.example.com/"));
        assert_eq!(sessions[0].expiration(), lab.now() + Duration::from_secs(3600));
    }

    async fn a_federated_user_becomes_a_console_session(lab) {
        let set = federated(&lab).await;

        let token = signin_token(&get_signin_token(&lab, &set, None).await);

        assert_eq!(login(&lab, &token, CONSOLE).await.status, 302);
        let session = &lab.aws.console_sessions()[0];
        assert_eq!(session.arn(), "arn:aws:sts::111122223333:federated-user/bob");
        assert_eq!(session.expiration(), lab.now() + Duration::from_secs(43_200));
    }

    async fn a_users_own_session_is_not_let_in(lab) {
        let token = signin_token(&get_signin_token(&lab, &own_session(&lab).await, None).await);

        let page = login(&lab, &token, CONSOLE).await;

        page.assert_refused(400, "Only federation tokens or assume role tokens may be used for federated login.");
        assert!(lab.aws.console_sessions().is_empty());
    }

    async fn a_token_is_asked_for_by_get_and_by_post(lab) {
        let (_, set) = role_session(&lab).await;
        let form = encoded(&[("Action", "getSigninToken"), ("Session", &session(&set))]);

        let by_get = signin_token(&get(&lab, HOST, &format!("/federation?{form}")).await);
        let by_post = signin_token(&post(&lab, HOST, "/federation", &form).await);

        assert_ne!(by_get, by_post);
        for token in [by_get, by_post] {
            assert_eq!(login(&lab, &token, CONSOLE).await.status, 302);
        }
    }

    async fn an_address_is_good_for_a_quarter_of_an_hour(lab) {
        let (_, set) = role_session(&lab).await;
        let token = signin_token(&get_signin_token(&lab, &set, None).await);

        lab.clock.advance(Duration::from_secs(899));
        for _ in 0..2 {
            assert_eq!(login(&lab, &token, CONSOLE).await.status, 302);
        }
        lab.clock.advance(Duration::from_secs(1));
        login(&lab, &token, CONSOLE).await.assert_refused(400, "The token is invalid or has expired.");
    }

    async fn a_token_that_nobody_gave_out_is_refused(lab) {
        let (_, set) = role_session(&lab).await;
        let token = signin_token(&get_signin_token(&lab, &set, None).await);

        for wrong in ["", "x", &token[1..], &format!("{token}x")] {
            login(&lab, wrong, CONSOLE).await.assert_refused(400, "The token is invalid or has expired.");
        }
        assert_eq!(login(&lab, &token, CONSOLE).await.status, 302);
    }

    async fn a_session_that_ended_is_not_opened(lab) {
        let role = lab.role("Deploy");
        let call = lab.client().assume_role().role_arn(role.as_str()).role_session_name("session");
        let set = call.duration_seconds(900).send().await.unwrap();
        let set = crate::lab::temporary(set.credentials());
        lab.clock.advance(Duration::from_secs(600));
        let token = signin_token(&get_signin_token(&lab, &set, None).await);

        lab.clock.advance(Duration::from_secs(299));
        assert_eq!(login(&lab, &token, CONSOLE).await.status, 302);
        lab.clock.advance(Duration::from_secs(1));
        login(&lab, &token, CONSOLE).await.assert_refused(400, "The session has expired.");
    }

    async fn nobody_is_sent_anywhere_but_to_the_console(lab) {
        let (_, set) = role_session(&lab).await;
        let token = signin_token(&get_signin_token(&lab, &set, None).await);

        let long = format!("{CONSOLE}{}", "x".repeat(8192));
        for elsewhere in [
            "https://example.com/",
            "http://console.aws.amazon.com/",
            "https://console.aws.amazon.com@example.com/",
            "https://console.amazonaws-us-gov.com/",
            "https://console.aws.amazon.com/\r\nset-cookie: x=y",
            "javascript:alert(1)",
            "",
        ] {
            login(&lab, &token, elsewhere).await.assert_refused(400, "Invalid destination parameter");
        }
        login(&lab, &token, &long).await.assert_refused(400, "The request is too long.");
        for page in ["https://console.aws.amazon.com/", "https://eu-west-1.console.aws.amazon.com/s3/home"] {
            assert_eq!(login(&lab, &token, page).await.location.as_deref(), Some(page));
        }
    }

    async fn a_token_that_arrives_expired_opens_nothing(lab) {
        let (_, set) = role_session(&lab).await;
        lab.aws.fail_next_of("getSigninToken", Fault::ExpiredOnArrival, 1);
        let late = signin_token(&get_signin_token(&lab, &set, None).await);

        login(&lab, &late, CONSOLE).await.assert_refused(400, "The token is invalid or has expired.");
        let next = signin_token(&get_signin_token(&lab, &set, None).await);
        assert_eq!(login(&lab, &next, CONSOLE).await.status, 302);
    }

    async fn the_record_knows_the_action_and_no_secret(lab) {
        let (_, set) = role_session(&lab).await;
        let token = signin_token(&get_signin_token(&lab, &set, None).await);
        login(&lab, &token, CONSOLE).await;
        login(&lab, "x", CONSOLE).await;

        let requests = lab.aws.requests();
        let seen: Vec<_> = requests[1..].iter().map(|one| (one.service(), one.action(), one.error_code())).collect();
        let expected = [("signin", "getSigninToken", None), ("signin", "login", None), ("signin", "login", Some("BadRequest"))];
        assert_eq!(seen, expected);
        assert_eq!(requests[1].checks(), ["access key", "secret access key", "session token", "partition", "session duration"]);
        let shown = format!("{requests:?} {:?} {:?}", lab.aws.console_sessions(), lab.aws);
        for secret in [set.secret_access_key(), set.session_token().unwrap(), &token] {
            assert!(!shown.contains(secret), "{shown}");
        }
    }

    async fn faults_look_like_sign_ins(lab) {
        let (_, set) = role_session(&lab).await;

        for (fault, status) in [
            (Fault::AccessDenied, 403),
            (Fault::ExpiredToken, 400),
            (Fault::ServerError, 500),
            (Fault::Throttle, 429),
            (Fault::Unavailable, 503),
        ] {
            lab.aws.fail_next_of("getSigninToken", fault, 1);
            get_signin_token(&lab, &set, None).await.assert_refused(status, "<!DOCTYPE html>");
        }
        signin_token(&get_signin_token(&lab, &set, None).await);
    }
}
