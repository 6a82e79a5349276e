//! MFA codes: whose, when, and once.

use std::time::Duration;

use aws_sdk_sts::Client;
use aws_sdk_sts::error::SdkError;
use aws_sdk_sts::operation::get_session_token::{GetSessionTokenError, GetSessionTokenOutput};
use leapp_testkit::aws::MfaDevice;

use crate::lab::{Lab, temporary};
use crate::refusal::assert_refused;

const INVALID: &str = "MultiFactorAuthentication failed with invalid MFA one time pass code.";

async fn ask(
    client: &Client,
    device: &MfaDevice,
    code: &str,
) -> Result<GetSessionTokenOutput, SdkError<GetSessionTokenError>> {
    client.get_session_token().serial_number(device.serial_number().as_str()).token_code(code).send().await
}

on_both_fronts! {
    async fn the_code_of_now_is_accepted(lab) {
        let device = lab.aws.add_mfa_device(&lab.alice);

        ask(&lab.client(), &device, device.code_at(lab.now()).expose()).await.unwrap();
    }

    async fn the_codes_beside_it_are_accepted(lab) {
        let device = lab.aws.add_mfa_device(&lab.alice);
        let step = Duration::from_secs(30);

        for time in [lab.now() - step, lab.now() + step] {
            ask(&lab.client(), &device, device.code_at(time).expose()).await.unwrap();
        }
    }

    async fn codes_further_off_are_refused(lab) {
        let device = lab.aws.add_mfa_device(&lab.alice);
        let two_steps = Duration::from_secs(60);

        for time in [lab.now() - two_steps, lab.now() + two_steps] {
            let result = ask(&lab.client(), &device, device.code_at(time).expose()).await;
            assert_refused(result, "AccessDenied", 403, INVALID);
        }
    }

    async fn a_code_is_accepted_once(lab) {
        let device = lab.aws.add_mfa_device(&lab.alice);
        let code = device.code_at(lab.now());

        ask(&lab.client(), &device, code.expose()).await.unwrap();
        assert_refused(ask(&lab.client(), &device, code.expose()).await, "AccessDenied", 403, INVALID);
        lab.clock.advance(Duration::from_secs(30));
        assert_refused(ask(&lab.client(), &device, code.expose()).await, "AccessDenied", 403, INVALID);
        ask(&lab.client(), &device, device.code_at(lab.now()).expose()).await.unwrap();
    }

    async fn another_users_device_is_refused(lab) {
        let device = lab.aws.add_mfa_device(&lab.aws.add_user(&lab.account, "bob"));

        let result = ask(&lab.client(), &device, device.code_at(lab.now()).expose()).await;

        assert_refused(result, "AccessDenied", 403, "verify your MFA serial number is valid");
    }

    async fn a_user_may_have_two(lab) {
        let (one, other) = (lab.aws.add_mfa_device(&lab.alice), lab.aws.add_mfa_device(&lab.alice));

        assert_ne!(one.serial_number(), other.serial_number());
        for device in [one, other] {
            ask(&lab.client(), &device, device.code_at(lab.now()).expose()).await.unwrap();
        }
    }

    async fn a_device_that_does_not_exist_is_refused(lab) {
        let call = lab.client().get_session_token().serial_number("arn:aws:iam::111122223333:mfa/none");

        let result = call.token_code("123456").send().await;

        assert_refused(result, "AccessDenied", 403, "verify your MFA serial number is valid");
    }

    async fn serial_number_and_code_go_together(lab) {
        let device = lab.aws.add_mfa_device(&lab.alice);
        let call = lab.client().get_session_token();

        let words = "must provide both MFA serial number and one time pass code";
        let result = call.clone().serial_number(device.serial_number().as_str()).send().await;
        assert_refused(result, "AccessDenied", 403, words);
        let result = call.token_code(device.code_at(lab.now()).expose()).send().await;
        assert_refused(result, "AccessDenied", 403, words);
    }

    async fn a_role_that_requires_mfa_refuses_without(lab) {
        let role = lab.aws.add_role(lab.spec("Admin").requiring_mfa());
        let plain = temporary(lab.client().get_session_token().send().await.unwrap().credentials());

        for client in [lab.client(), lab.client_of(plain)] {
            let result = client.assume_role().role_arn(role.as_str()).role_session_name("session").send().await;
            assert_refused(result, "AccessDenied", 403, "is not authorized to perform: sts:AssumeRole");
        }
    }

    async fn a_role_that_requires_mfa_takes_a_code(lab) {
        let role = lab.aws.add_role(lab.spec("Admin").requiring_mfa());
        let device = lab.aws.add_mfa_device(&lab.alice);
        let call = lab.client().assume_role().role_arn(role.as_str()).role_session_name("session");
        let call = call.serial_number(device.serial_number().as_str());
        let call = call.token_code(device.code_at(lab.now()).expose());

        call.clone().send().await.unwrap();
        assert_refused(call.send().await, "AccessDenied", 403, INVALID);
    }

    async fn a_role_that_requires_mfa_takes_a_session_with_mfa(lab) {
        let role = lab.aws.add_role(lab.spec("Admin").requiring_mfa());
        let device = lab.aws.add_mfa_device(&lab.alice);
        let answer = ask(&lab.client(), &device, device.code_at(lab.now()).expose()).await.unwrap();

        lab.assume(&lab.client_of(temporary(answer.credentials())), &role).await;
    }

    async fn mfa_does_not_pass_down_a_chain(lab) {
        let first = lab.role("First");
        let second = lab.aws.add_role(lab.spec("Second").requiring_mfa());
        let device = lab.aws.add_mfa_device(&lab.alice);
        let answer = ask(&lab.client(), &device, device.code_at(lab.now()).expose()).await.unwrap();
        let session = lab.assume(&lab.client_of(temporary(answer.credentials())), &first).await;

        let call = lab.client_of(session).assume_role().role_arn(second.as_str()).role_session_name("session");

        assert_refused(call.send().await, "AccessDenied", 403, "sts:AssumeRole");
    }
}

#[test]
fn the_codes_are_those_of_rfc_6238() {
    let lab = Lab::in_process();
    let device = lab.aws.add_mfa_device(&lab.alice);
    let seed = totp_rs::Secret::try_from_base32(device.seed().expose()).unwrap();
    let authenticator = totp_rs::Builder::new().with_secret(seed).build().unwrap();

    assert_eq!(device.code_at(lab.now()).expose(), authenticator.generate(1_700_000_000).to_string());
}
