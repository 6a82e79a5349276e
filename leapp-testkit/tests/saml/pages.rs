//! The login page of the identity provider, and AWS's sign-in page behind it.

use std::time::Duration;

use leapp_core::Secret;
use leapp_testkit::aws::{Fault, RoleSpec, SamlDamage};

use crate::browser::{Browser, Page};
use crate::lab::{Lab, assert_accepted};

const SPRING: &str = "correct horse <&\" staple";

async fn lab_with_alice() -> (Lab, Browser) {
    let lab = Lab::on_loopback().await;
    lab.corp.add_user("alice", Secret::new(SPRING), lab.spec());
    let browser = Browser::new(&lab.server.as_ref().unwrap().endpoint_url());
    (lab, browser)
}

async fn log_in(browser: &mut Browser) -> Page {
    browser.post("/idp/Corp", &[("username", "alice"), ("password", SPRING)]).await
}

#[tokio::test]
async fn the_login_page_is_a_form_that_works_without_scripts() {
    let (_lab, mut browser) = lab_with_alice().await;

    let page = browser.get("/idp/Corp?RelayState=a%22%3Eb").await;

    assert_eq!(page.status, 200);
    assert_eq!(page.header("content-type"), Some("text/html; charset=utf-8"));
    assert_eq!(page.form_action(), "/idp/Corp");
    assert_eq!(page.field("RelayState").as_deref(), Some("a\">b"));
    assert!(page.body.contains("type=\"password\"") && page.body.contains("<button type=\"submit\">"));
    assert!(!page.body.contains("a\">b"), "{}", page.body);
}

#[tokio::test]
async fn the_right_password_gives_a_response_for_aws() {
    let (lab, mut browser) = lab_with_alice().await;

    let page = browser
        .post("/idp/Corp", &[("username", "alice"), ("password", SPRING), ("RelayState", "<x>")])
        .await;

    assert_eq!(page.status, 200);
    assert_eq!(page.form_action(), "https://signin.aws.amazon.com/saml");
    assert_eq!(page.field("RelayState").as_deref(), Some("<x>"));
    assert!(page.body.contains("<button type=\"submit\">"));
    let cookie = page.header("set-cookie").unwrap();
    assert!(cookie.contains("; Path=/idp/Corp; HttpOnly; SameSite=Lax"), "{cookie}");
    assert_accepted(lab.call(&Secret::new(page.field("SAMLResponse").unwrap())).send().await);
}

#[tokio::test]
async fn a_wrong_password_or_user_is_told_and_asked_again() {
    let (lab, mut browser) = lab_with_alice().await;
    for (user, password) in [("alice", "wrong"), ("alice", ""), ("bob", SPRING), ("<b>", SPRING)] {
        println!("{user}");
        let page = browser
            .post("/idp/Corp", &[("username", user), ("password", password), ("RelayState", "r")])
            .await;
        assert_eq!(page.status, 401);
        assert!(page.body.contains("The user name or the password is wrong."), "{}", page.body);
        assert_eq!(page.field("SAMLResponse"), None);
        assert_eq!(page.field("RelayState").as_deref(), Some("r"));
        assert_eq!(page.header("set-cookie"), None);
    }
    assert_eq!(lab.aws.requests()[0].error_code(), Some("WrongPassword"));
}

#[tokio::test]
async fn the_next_visit_is_silent_until_the_login_ends() {
    let (lab, mut browser) = lab_with_alice().await;
    log_in(&mut browser).await;

    let page = browser.get("/idp/Corp?RelayState=r").await;
    assert_accepted(lab.call(&Secret::new(page.field("SAMLResponse").unwrap())).send().await);
    assert_eq!(page.field("RelayState").as_deref(), Some("r"));

    lab.clock.advance(Duration::from_secs(8 * 3600));
    assert_eq!(browser.get("/idp/Corp").await.field("SAMLResponse"), None);
}

#[tokio::test]
async fn a_made_up_cookie_and_another_providers_cookie_log_nobody_in() {
    let (lab, mut browser) = lab_with_alice().await;
    lab.aws.add_saml_provider(&lab.account, "Other");
    log_in(&mut browser).await;

    assert_eq!(browser.get("/idp/Other").await.field("SAMLResponse"), None);
    assert!(browser.get("/idp/Corp").await.field("SAMLResponse").is_some());
    browser.cookie = Some("idp-login=made-up".to_owned());
    assert_eq!(browser.get("/idp/Corp").await.field("SAMLResponse"), None);
}

#[tokio::test]
async fn a_user_with_a_new_password_has_to_log_in_again() {
    let (lab, mut browser) = lab_with_alice().await;
    log_in(&mut browser).await;

    lab.corp.add_user("alice", Secret::new("new"), lab.spec());

    assert_eq!(browser.get("/idp/Corp").await.field("SAMLResponse"), None);
    assert_eq!(log_in(&mut browser).await.status, 401);
}

#[tokio::test]
async fn the_way_leads_from_the_login_to_the_roles_and_into_one() {
    let (lab, mut browser) = lab_with_alice().await;
    let here = format!("{}/saml", lab.server.as_ref().unwrap().endpoint_url());
    lab.corp.set_assertion_consumer(&here);
    let ops = lab.aws.add_role(RoleSpec::new(&lab.account, "Ops").with_trusted(lab.corp.arn().clone()));
    let closed = lab.aws.add_role(RoleSpec::new(&lab.account, "Closed"));
    let spec = lab.spec().with_role(&ops, lab.corp.arn()).with_role(&closed, lab.corp.arn());
    lab.corp.add_user("alice", Secret::new(SPRING), spec);

    let page = log_in(&mut browser).await;
    assert_eq!(page.form_action(), here);
    let response = page.field("SAMLResponse").unwrap();
    let roles = browser.post("/saml", &[("SAMLResponse", &response), ("RelayState", "r")]).await;

    assert_eq!(roles.status, 200);
    assert!(roles.body.contains("Account: 111122223333"));
    for (role, is_shown) in [(&lab.role, true), (&ops, true), (&closed, false)] {
        assert_eq!(roles.body.contains(&format!("value=\"{role}\"")), is_shown, "{role}");
    }
    let fields = [("SAMLResponse", response.as_str()), ("roleIndex", ops.as_str())];
    let page = browser.post(roles.form_action(), &fields).await;
    assert!(page.body.contains("Signed in as Ops/alice in account 111122223333."), "{}", page.body);
    let fields = [("SAMLResponse", response.as_str()), ("roleIndex", closed.as_str())];
    assert_eq!(browser.post("/saml", &fields).await.status, 403);
}

#[tokio::test]
async fn the_sign_in_page_refuses_what_sts_refuses() {
    let (lab, mut browser) = lab_with_alice().await;
    let good = lab.corp.respond(&lab.spec());
    let wrong_key = lab.corp.respond(&lab.spec().with_damage(SamlDamage::WrongKey));
    let no_roles = lab.corp.respond(&leapp_testkit::aws::SamlAssertionSpec::new("alice"));
    for (response, status, words) in [
        (good.expose(), 200, "Select a role:"),
        (
            wrong_key.expose(),
            400,
            "Response signature invalid (Service: AWSSecurityTokenService; Status Code: 400; Error Code: InvalidIdentityToken;",
        ),
        (no_roles.expose(), 400, "Your request included an invalid SAML response. To logout, click here."),
        ("", 400, "Invalid base64 SAMLResponse"),
        ("PGE+", 400, "not well-formed"),
    ] {
        let page = browser.post("/saml", &[("SAMLResponse", response)]).await;
        assert_eq!(page.status, status);
        assert!(page.body.contains(words), "{}", page.body);
    }
    lab.clock.advance(Duration::from_secs(301));
    let page = browser.post("/saml", &[("SAMLResponse", good.expose())]).await;
    assert!(page.body.contains("Token must be redeemed within 5 minutes of issuance"), "{}", page.body);
}

#[tokio::test]
async fn what_a_person_brings_is_escaped_everywhere() {
    let (lab, mut browser) = lab_with_alice().await;
    let response = lab.corp.respond(&lab.spec());
    const EVIL: &str = "\"><script>alert(1)</script>";

    for page in [
        browser.get("/idp/Corp?RelayState=%22%3E%3Cscript%3Ealert(1)%3C/script%3E").await,
        browser.get("/idp/%22%3E%3Cscript%3E").await,
        browser.post("/idp/Corp", &[("username", EVIL), ("password", EVIL), ("RelayState", EVIL)]).await,
        browser.post("/saml", &[("SAMLResponse", response.expose()), ("RelayState", EVIL)]).await,
        browser.post("/saml", &[("SAMLResponse", EVIL), ("RelayState", EVIL)]).await,
        browser.post("/saml", &[("SAMLResponse", response.expose()), ("roleIndex", EVIL)]).await,
    ] {
        assert!(!page.body.contains("<script>alert"), "{}", page.body);
    }
}

#[tokio::test]
async fn what_is_not_there_is_not_found() {
    let (_lab, mut browser) = lab_with_alice().await;

    assert_eq!(browser.get("/idp/None").await.status, 404);
    assert_eq!(browser.post("/idp/None", &[]).await.status, 404);
    assert_eq!(browser.get("/idp/None/metadata").await.status, 404);
    assert_eq!(browser.get("/saml").await.status, 405);
    assert_eq!(browser.post("/idp/Corp/metadata", &[]).await.status, 405);
}

#[tokio::test]
async fn the_metadata_is_served_and_names_the_login_page() {
    let (lab, mut browser) = lab_with_alice().await;

    let page = browser.get("/idp/Corp/metadata").await;

    assert_eq!(page.header("content-type"), Some("text/xml"));
    let address = format!("{}/idp/Corp", lab.server.as_ref().unwrap().endpoint_url());
    assert!(page.body.contains(&format!("Location=\"{address}\"")), "{}", page.body);
    lab.aws.add_saml_provider_from_metadata(&lab.account, "Copy", &page.body).unwrap();
}

#[tokio::test]
async fn pages_fail_when_a_script_says_so() {
    let (lab, mut browser) = lab_with_alice().await;
    lab.aws.fail_next_of("Login", Fault::Unavailable, 1);

    assert_eq!(browser.get("/idp/Corp").await.status, 503);
    assert_eq!(browser.get("/idp/Corp").await.status, 200);
}

#[tokio::test]
async fn no_page_stands_in_a_frame() {
    const CLOSED: &str = "default-src 'none'; base-uri 'none'; frame-ancestors 'none'";
    const HERE: &str = "; form-action 'self'";
    // `document.forms[0].submit()`, by `openssl dgst -sha256 -binary | base64`.
    const SUBMITTING: &str = "; script-src 'sha256-ePniVEkSivX/c7XWBGafqh8tSpiRrKiqYeqbG7N1TOE='";
    let (lab, mut browser) = lab_with_alice().await;
    let response = lab.corp.respond(&lab.spec());
    let response = [("SAMLResponse", response.expose())];

    for (name, page, policy) in [
        ("login", browser.get("/idp/Corp").await, HERE),
        ("wrong password", browser.post("/idp/Corp", &[("username", "alice")]).await, HERE),
        ("logged in", log_in(&mut browser).await, SUBMITTING),
        ("logged in before", browser.get("/idp/Corp").await, SUBMITTING),
        ("unknown", browser.get("/idp/None").await, HERE),
        ("roles", browser.post("/saml", &response).await, HERE),
        ("refused", browser.post("/saml", &[]).await, HERE),
        ("method", browser.get("/saml").await, HERE),
        ("federation", browser.get("/federation").await, HERE),
    ] {
        assert!(page.body.starts_with("<!DOCTYPE html>"), "{name}: {}", page.body);
        assert_eq!(page.header("x-frame-options"), Some("DENY"), "{name}");
        assert_eq!(page.header("content-security-policy"), Some(&*format!("{CLOSED}{policy}")), "{name}");
    }
}
