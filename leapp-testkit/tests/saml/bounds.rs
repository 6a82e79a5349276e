//! The documented bounds of every parameter.

use crate::lab::{Lab, assert_accepted, assert_invalid, assert_refused};

const VALIDATION: &str = "ValidationError";

#[tokio::test]
async fn what_is_required_is_missed() {
    let lab = Lab::in_process();

    let outcome = lab.client().assume_role_with_saml().send().await;

    for at in ["roleArn", "principalArn", "sAMLAssertion"] {
        let error = aws_sdk_sts::error::ProvideErrorMetadata::message(outcome.as_ref().unwrap_err()).unwrap();
        assert!(
            error.contains(&format!("at '{at}' failed to satisfy constraint: Member must not be null")),
            "{error}"
        );
    }
    assert_refused(outcome, VALIDATION, 400, "3 validation errors detected");
}

#[tokio::test]
async fn an_assertion_has_4_to_100000_characters() {
    let lab = Lab::in_process();
    let call = |assertion: &str| lab.call_as(&lab.role, lab.corp.arn(), assertion).send();

    assert_refused(
        call("AAA").await,
        VALIDATION,
        400,
        "'sAMLAssertion' failed to satisfy constraint: Member must have length greater than or equal to 4",
    );
    assert_refused(call(&"A".repeat(100_001)).await, VALIDATION, 400, "less than or equal to 100000");
    assert_invalid(call("AAAA").await, "Invalid");
    assert_invalid(call(&"A".repeat(100_000)).await, "Invalid");
}

#[tokio::test]
async fn a_duration_is_900_to_43200_seconds() {
    let lab = Lab::in_process();
    let response = lab.corp.respond(&lab.spec());
    for (seconds, is_accepted) in [(899, false), (900, true), (43_200, true), (43_201, false)] {
        println!("{seconds}");
        let outcome = lab.call(&response).duration_seconds(seconds).send().await;
        if is_accepted {
            assert_accepted(outcome);
        } else {
            assert_refused(outcome, VALIDATION, 400, "'durationSeconds' failed to satisfy constraint");
        }
    }
}

#[tokio::test]
async fn arns_have_to_be_of_a_role_and_of_a_provider() {
    let lab = Lab::in_process();
    let response = lab.corp.respond(&lab.spec());
    let call = || lab.call(&response);

    let swapped = call().role_arn(lab.corp.arn().as_str());
    assert_refused(swapped.send().await, VALIDATION, 400, "Request ARN is invalid");
    for wrong in
        [lab.role.as_str(), "arn:aws:iam::1:saml-provider/Corp", "arn:aws:iam::111122223333:saml-provider/"]
    {
        println!("{wrong}");
        assert_refused(call().principal_arn(wrong).send().await, VALIDATION, 400, "Request ARN is invalid");
    }
    assert_refused(call().principal_arn("arn:aws").send().await, VALIDATION, 400, "'principalArn'");
    assert_accepted(call().send().await);
}

#[tokio::test]
async fn a_session_token_is_made_as_large_as_asked() {
    let lab = Lab::in_process();
    let response = lab.corp.respond(&lab.spec());

    let answer = assert_accepted(lab.call(&response).minimum_session_token_size(2000).send().await);
    assert_eq!(answer.credentials().unwrap().session_token().len(), 2000);
    let outcome = lab.call(&response).minimum_session_token_size(4097).send().await;
    assert_refused(outcome, VALIDATION, 400, "'minimumSessionTokenSize'");
}

#[tokio::test]
async fn what_is_no_base64_is_refused() {
    let lab = Lab::in_process();
    let good = lab.corp.respond(&lab.spec());
    let call = |assertion: &str| lab.call_as(&lab.role, lab.corp.arn(), assertion).send();

    assert_accepted(call(good.expose()).await);
    let unescaped = good.expose().replacen('U', " ", 1);
    for wrong in ["<xml/>", "!!!!", "////", unescaped.as_str(), &good.expose()[..good.expose().len() - 1]] {
        println!("{}", &wrong[..4]);
        assert_invalid(call(wrong).await, "Invalid base64 SAMLResponse");
    }
}
