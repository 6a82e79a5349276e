//! What is refused: here before any call, or by the service, each as an error of its own kind.

use std::time::{Duration, SystemTime};

use leapp_core::aws::SamlResponse;
use leapp_core::{Answer, ErrorKind, Issued};
use leapp_testkit::aws::{SamlAssertionSpec, SamlDamage, SamlSigning};

use crate::scene::{MINUTE, Scene, document, set};

/// The fake's own refusals, in the service's words.
#[tokio::test]
async fn what_the_service_refuses_has_a_kind_and_its_words() {
    type Change = fn(&Scene, SamlAssertionSpec) -> SamlAssertionSpec;
    let cases: [(&str, Change, ErrorKind, &str); 9] = [
        ("nothing", |_, spec| spec, ErrorKind::Cancelled, ""),
        ("audience", |_, spec| spec.with_audience(Some("urn:else")), ErrorKind::IdentityRefused, "audience"),
        (
            "recipient",
            |_, spec| spec.with_recipient("https://evil.example/saml"),
            ErrorKind::IdentityRefused,
            "recipient",
        ),
        ("issuer", |_, spec| spec.with_issuer("https://evil.example"), ErrorKind::IdentityRefused, "Issuer"),
        (
            "signature",
            |_, spec| spec.with_damage(SamlDamage::ChangedAfterSigning),
            ErrorKind::IdentityRefused,
            "signature invalid",
        ),
        (
            "key",
            |_, spec| spec.with_damage(SamlDamage::WrongKey),
            ErrorKind::IdentityRefused,
            "signature invalid",
        ),
        (
            "unsigned",
            |_, spec| spec.with_signing(SamlSigning::None),
            ErrorKind::IdentityRefused,
            "signature invalid",
        ),
        (
            "too late",
            |scene, spec| {
                spec.with_issue_instant(scene.now() - 6 * MINUTE)
                    .with_not_before(scene.now() - 6 * MINUTE)
                    .with_not_on_or_after(scene.after(600))
                    .with_subject_not_on_or_after(scene.after(600))
            },
            ErrorKind::Expired,
            "within 5 minutes",
        ),
        (
            "session name",
            |_, spec| spec.with_role_session_name(None),
            ErrorKind::IdentityRefused,
            "RoleSessionName",
        ),
    ];
    let scene = Scene::new();
    for (what, change, kind, words) in cases {
        let before = scene.calls();
        let issued = scene.redeem(&scene.provider(), &change(&scene, scene.one_role())).await;
        assert_eq!(scene.calls(), before + 1, "{what}");
        match issued {
            Ok(issued) => assert!(what == "nothing" && matches!(issued, Issued::Credentials(_))),
            Err(error) => {
                let source = std::error::Error::source(&error).unwrap().to_string();
                assert!(source.contains(words), "{what}: {source}");
                assert_eq!(error.kind(), kind, "{what}: {source}");
            }
        }
    }
}

#[tokio::test]
async fn a_role_that_does_not_trust_the_provider_is_denied() {
    let scene = Scene::new();
    scene.aws.add_role(leapp_testkit::aws::RoleSpec::new(&scene.account, "Dev"));
    scene.aws.delete_role(&scene.dev);
    let error = scene.redeem(&scene.provider(), &scene.one_role()).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::AccessDenied);
}

#[tokio::test]
async fn what_has_ended_is_said_to_before_any_call() {
    let scene = Scene::new();
    let ago = |seconds| scene.now() - Duration::from_secs(seconds);
    for (of_subject, of_conditions) in
        [(ago(301), scene.after(300)), (scene.after(300), ago(301)), (ago(301), ago(301))]
    {
        let spec =
            scene.one_role().with_subject_not_on_or_after(of_subject).with_not_on_or_after(of_conditions);
        let error = scene.redeem(&scene.provider(), &spec).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Expired);
        assert!(std::error::Error::source(&error).unwrap().to_string().contains("log in again"));
    }
    assert_eq!(scene.calls(), 0);
    // Within what clocks may differ, the service decides: by its clock this one has ended too.
    let spec = scene.one_role().with_subject_not_on_or_after(ago(300)).with_not_on_or_after(ago(300));
    let error = scene.redeem(&scene.provider(), &spec).await.unwrap_err();
    assert_eq!((error.kind(), scene.calls()), (ErrorKind::Expired, 1));
    // And this one has not: this machine's clock is fast.
    scene.aws.set_clock_offset(-200);
    let spec = scene
        .one_role()
        .with_issue_instant(ago(210))
        .with_subject_not_on_or_after(ago(1))
        .with_not_on_or_after(ago(1));
    set(scene.redeem(&scene.provider(), &spec).await);
}

/// Within five minutes STS decides, whose clock is not this one.
#[tokio::test]
async fn what_begins_later_than_clocks_differ_is_said_to_before_any_call() {
    let scene = Scene::new();
    let begins = |seconds| scene.one_role().with_not_before(scene.after(seconds));
    let error = scene.redeem(&scene.provider(), &begins(301)).await.unwrap_err();
    assert_eq!((error.kind(), scene.calls()), (ErrorKind::ClockSkew, 0));
    // The neighbour is sent, and refused by the service.
    let error = scene.redeem(&scene.provider(), &begins(300)).await.unwrap_err();
    assert_eq!((error.kind(), scene.calls()), (ErrorKind::IdentityRefused, 1));
    scene.aws.set_clock_offset(200);
    set(scene.redeem(&scene.provider(), &begins(200)).await);
}

#[tokio::test]
async fn a_login_that_the_identity_provider_refused_is_denied_with_its_reason() {
    let scene = Scene::new();
    for (status, words) in
        [("AuthnFailed", "AuthnFailed"), ("Responder", "Responder"), ("Hunter2Hunter2", "not known")]
    {
        let error =
            scene.redeem(&scene.provider(), &scene.one_role().with_failed_status(status)).await.unwrap_err();
        assert_eq!((error.kind(), scene.calls()), (ErrorKind::AccessDenied, 0), "{status}");
        let why = std::error::Error::source(&error).unwrap().to_string();
        assert!(why.contains(words) && !why.contains("Hunter2"), "{why}");
    }
}

const ROLE: &str = "arn:aws:iam::111122223333:role/Dev,arn:aws:iam::111122223333:saml-provider/Corp";

/// The smallest response that is read.
fn response(assertion: &str) -> String {
    format!(
        r#"<samlp:Response xmlns:samlp="urn:oasis:names:tc:SAML:2.0:protocol" xmlns="urn:oasis:names:tc:SAML:2.0:assertion">
        {assertion}</samlp:Response>"#
    )
}

fn assertion(subject: &str, rest: &str, attributes: &str) -> String {
    response(&format!(
        r#"<Assertion><Issuer>i</Issuer><Subject>{subject}</Subject>{rest}<AttributeStatement>{attributes}</AttributeStatement>
        </Assertion>"#
    ))
}

fn attribute(name: &str, values: &[&str]) -> String {
    let values: String =
        values.iter().map(|value| format!("<AttributeValue>{value}</AttributeValue>")).collect();
    format!(r#"<Attribute Name="https://aws.amazon.com/SAML/Attributes/{name}">{values}</Attribute>"#)
}

const SUBJECT: &str = r#"<SubjectConfirmation><SubjectConfirmationData NotOnOrAfter="2030-03-17T18:00:00Z"
    Recipient="https://signin.aws.amazon.com/saml"/></SubjectConfirmation>"#;

fn read(text: &str) -> Result<SamlResponse, leapp_core::Error> {
    let Answer::SamlAssertion(assertion) = document(text) else { panic!("an assertion") };
    SamlResponse::parse(&assertion)
}

#[test]
fn everything_that_is_said_is_read() {
    let rest = r#"<Conditions NotBefore="2030-03-17T17:40:00.123Z" NotOnOrAfter="2030-03-17T17:59:59Z"><AudienceRestriction>
        <Audience>urn:amazon:webservices</Audience><Audience>other</Audience></AudienceRestriction></Conditions>
        <AuthnStatement SessionNotOnOrAfter="2030-03-17T20:00:00+01:00"/>
        <AuthnStatement SessionNotOnOrAfter="2030-03-18T20:00:00Z"/>"#;
    let attributes = [
        attribute("Role", &[ROLE, &ROLE.replace("Dev", "Ops"), ROLE]),
        attribute("RoleSessionName", &[" alice@example.com "]),
        attribute("SessionDuration", &["7200"]),
        attribute("PrincipalTag:Team", &["a", "b"]),
    ];
    let response = read(&assertion(SUBJECT, rest, &attributes.concat())).unwrap();
    let at = |seconds| SystemTime::UNIX_EPOCH + Duration::from_secs(seconds);
    assert_eq!(response.issuer(), "i");
    assert_eq!(response.recipient(), "https://signin.aws.amazon.com/saml");
    assert_eq!(response.audiences(), ["urn:amazon:webservices", "other"]);
    let roles: Vec<_> = response.roles().iter().map(|role| role.role_arn.role_name()).collect();
    assert_eq!(roles, ["Dev", "Ops"]);
    assert_eq!(response.role_session_name().unwrap().as_str(), "alice@example.com");
    assert_eq!(response.session_duration(), Some(Duration::from_secs(7200)));
    assert_eq!(response.not_before(), Some(at(1_899_999_600) + Duration::from_millis(123)));
    assert_eq!(response.not_on_or_after(), at(1_900_000_799));
    assert_eq!(response.session_not_on_or_after(), Some(at(1_900_004_400)));
    let shown = format!("{response:?}");
    assert!(shown.contains("role/Ops") && !shown.contains("alice"), "{shown}");
}

/// Each beside what is taken; no message repeats what was there.
#[test]
fn what_says_two_things_or_cannot_be_read_is_refused_with_what_and_where() {
    let role = attribute("Role", &[ROLE]);
    let good = assertion(SUBJECT, "", &role);
    assert!(read(&good).is_ok());
    let with = |attributes: &str| assertion(SUBJECT, "", attributes);
    let cases: Vec<(String, &str)> = vec![
        (good.replace("samlp:Response", "samlp:Reply"), "Response of SAML 2.0"),
        (good.replace("SAML:2.0:protocol", "SAML:1.0:protocol"), "Response of SAML 2.0"),
        (good.replace("SAML:2.0:assertion", "SAML:1.0:assertion"), "no element Assertion"),
        (response(""), "no element Assertion"),
        (good.replace("</samlp:Response>", "<Assertion/></samlp:Response>"), "two elements Assertion"),
        (assertion(&SUBJECT.repeat(2), "", &role), "two elements SubjectConfirmation"),
        (assertion("", "", &role), "no element SubjectConfirmation"),
        (good.replace("Recipient=", "Receiver="), "no Recipient"),
        (good.replace("NotOnOrAfter=", "NotAfter="), "no NotOnOrAfter"),
        (
            good.replace("2030-03-17T18", "hunter2-hunter2"),
            "NotOnOrAfter at its SubjectConfirmationData that is no time",
        ),
        (good.replace("<Issuer>i</Issuer>", ""), "no element Issuer"),
        (good.replace("<Issuer>i<", "<Issuer>hunter2-hunter2<b/><"), "text in Issuer"),
        (assertion(SUBJECT, "<Conditions/><Conditions/>", &role), "two elements Conditions"),
        (with(&role.repeat(2)), "two attributes Role"),
        (with(&attribute("Role", &["hunter2-hunter2"])), "value number 1 of its attribute Role"),
        (with(&attribute("Role", &[ROLE, "hunter2-hunter2"])), "value number 2 of its attribute Role"),
        (
            with(&attribute("RoleSessionName", &["a1", "b2"])),
            "several values of its attribute RoleSessionName",
        ),
        (with(&attribute("RoleSessionName", &["hunter2 hunter2"])), "RoleSessionName that is not"),
        (
            with(&attribute("SessionDuration", &["3600", "3600"])),
            "several values of its attribute SessionDuration",
        ),
        (with(&attribute("SessionDuration", &["-1"])), "900 to 43200"),
        (
            with(&attribute("Role", &[&ROLE.replace("Dev", "De<!-- hunter2-hunter2 -->v")])),
            "comment inside a value",
        ),
        (
            with(&attribute("Role", &[&ROLE.replace("Dev", "De<?hunter2-hunter2?>v")])),
            "processing instruction",
        ),
        (
            with(&attribute("Role", &[&ROLE.replace("Dev", "De<b>hunter2-hunter2</b>v")])),
            "something else than text",
        ),
        (format!("<!DOCTYPE hunter2 [<!ENTITY x 'hunter2-hunter2'>]>{good}"), "document type"),
        (format!("<?xml version='1.0' encoding='EUC-JP'?>{good}"), "another encoding than UTF-8"),
        (format!("<?xml version=\"1.0\" encoding = \"UTF-7\" ?>{good}"), "another encoding than UTF-8"),
        (format!("<?xml version='1.0' encoding=hunter2?>{good}"), "another encoding than UTF-8"),
        (good.replace("</Issuer>", "</hunter2-hunter2>"), "not well-formed XML at line 2"),
        (good.replace("<Issuer>i<", "<Issuer>&hunter2;<"), "not well-formed XML"),
    ];
    for (text, words) in cases {
        let error = read(&text).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::InvalidInput, "{error}");
        assert!(error.to_string().contains(words), "{words:?}: {error}");
        assert!(!leapp_testkit::leak::text_of(&error).contains("hunter2"), "{error}");
    }
    for declared in ["encoding='UTF-8'", "encoding=\"utf-8\" standalone='no'", ""] {
        read(&format!("<?xml version='1.0' {declared}?>{good}")).unwrap();
    }
    // CDATA is text, and so is what is escaped.
    let value = attribute(
        "Role",
        &[&format!("<![CDATA[{}]]>", ROLE.replace(',', "&")).replace('&', "]]>&#44;<![CDATA[")],
    );
    assert_eq!(read(&with(&value)).unwrap().roles().len(), 1);
}

#[test]
fn base64_that_is_damaged_is_refused() {
    for base64 in ["AAA", "AAAAA", "A===", "/////w=="] {
        let assertion = leapp_core::SamlAssertion::parse(&leapp_core::Secret::new(format!("{base64}{}", "")));
        let Ok(assertion) = assertion else { continue };
        assert_eq!(SamlResponse::parse(&assertion).unwrap_err().kind(), ErrorKind::InvalidInput, "{base64}");
    }
}

#[tokio::test]
async fn an_encrypted_assertion_is_for_aws_to_read_when_role_and_provider_are_set() {
    let scene = Scene::new();
    let answer = document(&response("<EncryptedAssertion/>"));
    let error = scene.issue(&scene.provider(), Some(&answer)).await.unwrap_err();
    assert_eq!((error.kind(), scene.calls()), (ErrorKind::Unsupported, 0));
    let principal = crate::scene::principal(scene.corp.arn().as_str());
    let provider = scene.provider().with_role(scene.dev.clone()).with_principal(principal);
    // The fake does not know encryption, and says so itself.
    let error = scene.issue(&provider, Some(&answer)).await.unwrap_err();
    assert_eq!((error.kind(), scene.calls()), (ErrorKind::IdentityRefused, 1));
}
