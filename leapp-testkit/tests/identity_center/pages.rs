//! The pages, clicked through.

use crate::authorization_code::{REDIRECT, VERIFIER, code, register, url};
use crate::browser::{Browser, Page};
use crate::lab::{Lab, PASSWORD, assert_refused};

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn a_person_lets_a_device_in() {
    let lab = Lab::on_loopback().await;
    let client = lab.register().await;
    let device = lab.start_device(&client).await;
    let mut browser = Browser::new(&lab);

    let page = browser.get(device.verification_uri_complete().unwrap());
    assert_eq!(page.status, 200);
    assert_eq!(page.form(), format!("/device?user_code={}", device.user_code().unwrap()));
    let page = browser.post(&page.form(), &[("user", "alice"), ("password", PASSWORD)]);
    assert_eq!(page.status, 303);
    let page = browser.get(&page.location.unwrap());
    assert!(page.body.contains("Allow tool to access your data as alice?"), "{}", page.body);
    assert!(page.body.contains(device.user_code().unwrap()), "{}", page.body);
    let page = browser.post(&page.form(), &[("form_token", page.form_token()), ("decision", "allow")]);
    assert!(page.status == 200 && page.body.contains("Request approved"), "{page:?}");

    let set = lab.poll(&client, device.device_code().unwrap()).await.unwrap();
    assert!(lab.is_valid(set.access_token().unwrap()).await);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn a_person_declines() {
    let lab = Lab::on_loopback().await;
    let client = lab.register().await;
    let device = lab.start_device(&client).await;
    let mut browser = Browser::new(&lab);
    let address = device.verification_uri_complete().unwrap();
    browser.post(address, &[("user", "alice"), ("password", PASSWORD)]);

    let page = browser.get(address);
    let page = browser.post(&page.form(), &[("form_token", page.form_token()), ("decision", "deny")]);

    assert!(page.status == 200 && page.body.contains("Request denied"), "{page:?}");
    let denied = lab.poll(&client, device.device_code().unwrap()).await;
    assert_refused(denied, "AccessDeniedException", 400, "access_denied");
    assert_eq!(browser.get(address).status, 400);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn only_the_password_lets_a_person_in() {
    let lab = Lab::on_loopback().await;
    let client = lab.register().await;
    let device = lab.start_device(&client).await;
    let mut browser = Browser::new(&lab);
    let address = device.verification_uri_complete().unwrap();

    for (user, password) in [("alice", "wrong"), ("alice", ""), ("bob", PASSWORD), ("mallory", ""), ("", "")]
    {
        let page = browser.post(address, &[("user", user), ("password", password), ("decision", "allow")]);
        assert_eq!(page.status, 401, "{user}");
        assert!(browser.get(address).body.contains("type=\"password\""), "{user}");
    }
    let pending = lab.poll(&client, device.device_code().unwrap()).await;
    assert_refused(pending, "AuthorizationPendingException", 400, "");
    assert_eq!(browser.post(address, &[("user", "alice"), ("password", PASSWORD)]).status, 303);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn only_a_form_of_their_own_decides() {
    let lab = Lab::on_loopback().await;
    let client = lab.register().await;
    let device = lab.start_device(&client).await;
    let (mut alice, mut bob) = (Browser::new(&lab), Browser::new(&lab));
    let address = device.verification_uri_complete().unwrap();
    alice.post(address, &[("user", "alice"), ("password", PASSWORD)]);
    bob.post(address, &[("user", "bob"), ("password", "bob's")]);
    let page = bob.get(address);
    let foreign = page.form_token();

    for token in ["", "guess", foreign] {
        for decision in ["allow", "deny"] {
            let page = alice.post(address, &[("form_token", token), ("decision", decision)]);
            assert!(page.body.contains("Authorization requested"), "{page:?}");
        }
    }
    let pending = lab.poll(&client, device.device_code().unwrap()).await;
    assert_refused(pending, "AuthorizationPendingException", 400, "");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn a_code_can_be_typed_and_must_exist() {
    let lab = Lab::on_loopback().await;
    let device = lab.start_device(&lab.register().await).await;
    let mut browser = Browser::new(&lab);

    let page = browser.get(device.verification_uri().unwrap());
    assert!(page.status == 200 && page.body.contains("name=\"user_code\""), "{page:?}");
    assert_eq!(browser.get("/device?user_code=BBBB-BBBB").status, 400);
    lab.advance(599);
    assert_eq!(browser.get(device.verification_uri_complete().unwrap()).status, 200);
    lab.advance(1);
    assert_eq!(browser.get(device.verification_uri_complete().unwrap()).status, 400);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn a_person_lets_a_client_in_with_a_code() {
    let lab = Lab::on_loopback().await;
    let client = register(&lab).await;
    let mut browser = Browser::new(&lab);
    let address = url(&lab, &client, &[]);

    let page = browser.get(&address);
    let page = browser.post(&page.form(), &[("user", "alice"), ("password", PASSWORD)]);
    let page = browser.get(&page.location.unwrap());
    let page = browser.post(&page.form(), &[("form_token", page.form_token()), ("decision", "allow")]);

    assert_eq!(page.status, 303);
    let code = code(&page.location.unwrap());
    let call = lab.create_token(&client, "authorization_code").code(code).redirect_uri(REDIRECT);
    call.code_verifier(VERIFIER).send().await.unwrap();

    // Signed in already: asked at once, and free to say no.
    let page = browser.get(&address);
    let page = browser.post(&page.form(), &[("form_token", page.form_token()), ("decision", "deny")]);
    assert_eq!(page.location.unwrap(), format!("{REDIRECT}?error=access_denied&state=a+state%26more"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn nobody_is_sent_where_the_client_did_not_register() {
    let lab = Lab::on_loopback().await;
    let client = register(&lab).await;
    let mut browser = Browser::new(&lab);

    assert_eq!(browser.get(&url(&lab, &client, &[])).status, 200);
    for changes in [("redirect_uri", "https://evil.example/cb"), ("client_id", "unknown")] {
        let page = browser.get(&url(&lab, &client, &[changes]));
        assert_eq!((page.status, page.location), (400, None));
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn what_a_client_calls_itself_is_text() {
    let lab = Lab::on_loopback().await;
    let call = lab.oidc().register_client().client_type("public").client_name("<script>\"&'");
    let device = lab.start_device(&call.send().await.unwrap()).await;
    let mut browser = Browser::new(&lab);
    let address = device.verification_uri_complete().unwrap();
    browser.post(address, &[("user", "alice"), ("password", PASSWORD)]);

    let page = browser.get(address);

    assert!(page.body.contains("Allow &lt;script&gt;&quot;&amp;&#39; to access"), "{}", page.body);
    assert!(!page.body.contains("<script"), "{}", page.body);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn being_signed_in_ends_after_an_hour() {
    let lab = Lab::on_loopback().await;
    let client = register(&lab).await;
    let mut browser = Browser::new(&lab);
    let address = url(&lab, &client, &[]);
    browser.post(&address, &[("user", "alice"), ("password", PASSWORD)]);

    lab.advance(3599);
    assert!(browser.get(&address).body.contains("Authorization requested"));
    lab.advance(1);
    assert!(browser.get(&address).body.contains("type=\"password\""));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn a_body_that_is_no_document_is_refused() {
    let lab = Lab::on_loopback().await;
    let mut browser = Browser::new(&lab);
    let deep = "[".repeat(100_000);

    for (body, status) in [
        ("clientName=tool", 400),
        ("[]", 400),
        ("null", 400),
        ("{\"clientName\":1}", 400),
        (deep.as_str(), 400),
    ] {
        let page = browser.raw("POST", "/client/register", body);
        assert_eq!(page.status, status, "{page:?}");
        assert!(page.body.contains("\"error\":\"invalid_request\""), "{page:?}");
    }
    let page = browser.raw(
        "POST",
        "/client/register",
        r#"{"clientName":"tool","clientType":"public","scopes":null}"#,
    );
    assert_eq!(page.status, 200, "{page:?}");
    assert_eq!(browser.raw("GET", "/token", "").status, 404);
    assert_eq!(browser.raw("POST", "/assignment/accounts", "").status, 405);
    assert_eq!(browser.raw("GET", "/assignment/accounts", "").status, 401);
    assert_eq!(browser.raw("PUT", "/device", "").status, 405);
}

const CLOSED: &str = "default-src 'none'; base-uri 'none'; frame-ancestors 'none'; form-action 'self'";

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn a_page_that_asks_stands_in_no_frame() {
    let lab = Lab::on_loopback().await;
    let client = register(&lab).await;
    let device = lab.start_device(&lab.register().await).await;
    let mut browser = Browser::new(&lab);
    let (device, code) = (device.verification_uri_complete().unwrap(), url(&lab, &client, &[]));
    // Its form ends at the client.
    let leading_away = CLOSED.trim_end_matches("; form-action 'self'");

    for (address, policy) in [
        ("/device", CLOSED),
        ("/device?user_code=BBBB-BBBB", CLOSED),
        ("/authorize", CLOSED),
        (device, CLOSED),
        (&code, CLOSED),
    ] {
        assert_unframed(&browser.get(address), policy, address);
    }
    assert_unframed(&browser.post(&code, &[("user", "alice"), ("password", "wrong")]), CLOSED, "refused");
    browser.post(&code, &[("user", "alice"), ("password", PASSWORD)]);
    assert_unframed(&browser.get(device), CLOSED, "a device, signed in");
    assert_unframed(&browser.get(&code), leading_away, "a client, signed in");
}

#[track_caller]
fn assert_unframed(page: &Page, policy: &str, name: &str) {
    assert!(page.body.starts_with("<!DOCTYPE html>"), "{name}: {page:?}");
    assert_eq!(page.header("x-frame-options"), Some("DENY"), "{name}");
    assert_eq!(page.header("content-security-policy"), Some(policy), "{name}");
}
