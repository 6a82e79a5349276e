//! Actions, methods and parameters.

use crate::broker::{HOST, encoded, get_signin_token, post, role_session, signin_token};
use crate::lab::Lab;
use crate::web::{get, send};

on_both_fronts! {
    async fn an_unknown_action_is_refused(lab) {
        for query in ["", "?Action=logout", "?Action=GetSigninToken", "?action=login"] {
            let page = get(&lab, HOST, &format!("/federation{query}")).await;
            page.assert_refused(400, "Invalid action parameter");
        }
        assert!(lab.aws.requests().iter().all(|request| request.action().is_empty()));
    }

    async fn a_login_needs_a_destination_and_a_token(lab) {
        let page = get(&lab, HOST, "/federation?Action=login&SigninToken=x").await;
        page.assert_refused(400, "Missing destination parameter");
        let page = get(&lab, HOST, "/federation?Action=login&Destination=https%3A%2F%2Fconsole.aws.amazon.com").await;
        page.assert_refused(400, "Missing signin token parameter");
    }

    async fn a_login_needs_no_issuer(lab) {
        let (_, set) = role_session(&lab).await;
        let token = signin_token(&get_signin_token(&lab, &set, None).await);
        let fields = [("Action", "login"), ("Destination", "https://console.aws.amazon.com/"), ("SigninToken", &token)];

        assert_eq!(post(&lab, HOST, "/federation", &encoded(&fields)).await.status, 302);
        assert_eq!(lab.aws.console_sessions()[0].issuer(), None);
    }

    async fn other_methods_are_not_allowed(lab) {
        let page = send(&lab, "PUT", HOST, "/federation?Action=login", "").await;

        page.assert_refused(405, "The method is not allowed.");
    }

    async fn only_the_endpoints_own_path_is_its_own(lab) {
        let page = get(&lab, HOST, "/federation/credentials?Action=getSigninToken").await;

        assert!(!page.body.contains("<!DOCTYPE html>"), "{page:?}");
    }
}
