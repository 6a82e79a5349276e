//! The documented bounds of every parameter.

use std::time::{Duration, Instant};

use crate::lab::{Lab, assert_accepted, assert_invalid};
use crate::refusal::assert_refused;

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

/// A signature whose declarations all stay in scope of thousands of elements, as deep as they may be.
fn crowded(good: &str, levels: usize) -> String {
    let level = |level: usize| {
        let used: String = (0..45).map(|n| format!(" xmlns:p{level}n{n}='u' p{level}n{n}:a{n}=''")).collect();
        format!("<x{used}>")
    };
    let open: String = (0..levels).map(level).collect();
    let rest = 74_000 - good.len() - open.len() - levels * 4 - 600;
    let inside = format!("{open}{}{}", "<y/>".repeat((rest / 4).min(7_500)), "</x>".repeat(levels));
    let prefixes: String = (0..45).map(|n| format!("p0n{n} ")).collect();
    let list = format!(
        "<i:InclusiveNamespaces xmlns:i='http://www.w3.org/2001/10/xml-exc-c14n#' PrefixList='{prefixes}'/>"
    );
    let end = "</ds:CanonicalizationMethod>";
    let good = good.replacen(end, &format!("{list}{end}"), 1);
    good.replacen("</ds:Transforms>", &format!("{inside}</ds:Transforms>"), 1)
}

/// The shorter of two times that an answer took: what else the machine does adds to each, and seldom to both alike.
#[expect(
    clippy::disallowed_methods,
    reason = "two times are compared, and none is held against a number of seconds"
)]
async fn shortest(lab: &Lab, document: &str) -> Duration {
    let mut shortest = Duration::MAX;
    for _ in 0..2 {
        let start = Instant::now();
        assert_invalid(lab.redeem_document(document).await, "signature");
        shortest = shortest.min(start.elapsed());
    }
    shortest
}

#[tokio::test]
async fn a_crowded_signature_holds_nobody_up() {
    let lab = Lab::in_process();
    let good = lab.document(&lab.spec());
    let [crowded, too_crowded] = [2, 25].map(|levels| crowded(&good, levels));
    for document in [&crowded, &too_crowded] {
        assert!(document.len() < 75_000 && document.contains("<y/>") && document.contains("PrefixList"));
    }
    assert_invalid(lab.redeem_document(&too_crowded).await, "too many namespaces");
    // As many elements, and nothing in their scope.
    let inside = format!("<x><x>{}</x></x>", "<y/>".repeat(crowded.matches("<y/>").count()));
    let roomy = good.replacen("</ds:Transforms>", &format!("{inside}</ds:Transforms>"), 1);

    let (of_crowded, of_roomy) = (shortest(&lab, &crowded).await, shortest(&lab, &roomy).await);

    println!("{of_crowded:?} and {of_roomy:?}");
    assert!(of_crowded < of_roomy * 60, "{of_crowded:?}, where {of_roomy:?} will do");
}
