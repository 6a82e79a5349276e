//! The record says what was asked, and nothing here tells a secret.

use aws_sdk_sts::error::DisplayErrorContext;
use leapp_testkit::aws::Fault;

use crate::lab::{Lab, temporary};

on_both_fronts! {
    async fn requests_are_recorded_in_order(lab) {
        let (start, role) = (lab.now(), lab.role("Deploy"));
        let set = temporary(lab.client().get_session_token().send().await.unwrap().credentials());
        lab.clock.advance(std::time::Duration::from_secs(5));
        let client = lab.client_of(set.clone());
        let call = client.assume_role().role_arn(role.as_str()).role_session_name("?").send().await;
        assert!(call.is_err());
        lab.aws.fail_next(Fault::Throttle, 1);
        lab.aws.fail_next(Fault::AnswerLost, 1);
        for _ in 0..2 {
            assert!(client.get_caller_identity().send().await.is_err());
        }

        let requests = lab.aws.requests();
        let seen: Vec<_> = requests
            .iter()
            .map(|request| {
                let at = request.at().duration_since(start).unwrap().as_secs();
                (request.action(), request.access_key_id().unwrap().as_str(), at, request.error_code())
            })
            .collect();
        assert_eq!(
            seen,
            [
                ("GetSessionToken", lab.key.access_key_id().as_str(), 0, None),
                ("AssumeRole", set.access_key_id(), 5, Some("ValidationError")),
                ("GetCallerIdentity", set.access_key_id(), 5, Some("Throttling")),
                ("GetCallerIdentity", set.access_key_id(), 5, Some("AnswerLost")),
            ]
        );
    }

    async fn nothing_tells_a_secret(lab) {
        let device = lab.aws.add_mfa_device(&lab.alice);
        let code = device.code_at(lab.now());
        let call = lab.client().get_session_token().serial_number(device.serial_number().as_str());
        let call = call.token_code(code.expose());
        let set = temporary(call.clone().send().await.unwrap().credentials());
        let refused = call.send().await.err().unwrap();
        let denied = lab.client_of(set.clone()).get_session_token().send().await.err().unwrap();
        let wrong = lab.client_of(set.clone()).assume_role().role_arn("short").send().await.err().unwrap();

        let shown = format!(
            "{:?} {:?} {:?} {device:?} {code:?} {refused:?} {} {denied:?} {} {wrong:?} {:?} {:?}",
            lab.aws,
            lab.server,
            lab.aws.requests(),
            DisplayErrorContext(&refused),
            DisplayErrorContext(&denied),
            lab.aws.http_client(),
            lab.spec("Deploy"),
        );

        for secret in [
            lab.key.secret_access_key().expose(),
            device.seed().expose(),
            code.expose(),
            set.secret_access_key(),
            set.session_token().unwrap(),
        ] {
            assert!(!shown.contains(secret), "{shown}");
        }
    }
}
