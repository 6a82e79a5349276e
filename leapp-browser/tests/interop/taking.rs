//! Which requests are taken, and which go on.

use leapp_browser::Browser;
use leapp_core::ErrorKind;

use crate::person::{AWS, alice, browser, challenge, log_in, nobody};
use crate::site::Site;

/// A page that posts at once: `action`, `target`, and the fields in their order.
fn posting(action: &str, fields: &[(&str, &str)]) -> String {
    let field =
        |(name, value): &(&str, &str)| format!("<input type=hidden name=\"{name}\" value=\"{value}\">");
    let fields: String = fields.iter().map(field).collect();
    format!(
        "<form method=post action=\"{action}\">{fields}</form><script>document.forms[0].submit()</script>"
    )
}

/// What a login at the page `/` of a site brings.
async fn taken(pages: &[(&str, &str)], sign_in_url: &str) -> (String, Site) {
    let site = Site::start(pages).await;
    let sign_in_url = sign_in_url.replace("PORT", &site.port.to_string());
    let assertion = log_in(&nobody(browser()), &challenge(&site.at("/"), &sign_in_url)).await;
    (assertion.unwrap().unwrap(), site)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
#[cfg_attr(not(feature = "interop"), ignore = "outside check, left to `cargo xtask test`")]
async fn the_order_of_the_fields_does_not_matter() {
    let state = ("RelayState", "https://x/?a=1&amp;SAMLResponse=no");
    for fields in [
        &[("SAMLResponse", "ab+/cd=="), state][..],
        &[state, ("SAMLResponse", "ab+/cd==")],
        &[("SAMLResponse", "ab+/cd==")],
    ] {
        let (assertion, _) = taken(&[("/", &posting(AWS, fields))], AWS).await;
        assert_eq!(assertion, "ab+/cd==");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
#[cfg_attr(not(feature = "interop"), ignore = "outside check, left to `cargo xtask test`")]
async fn a_response_of_the_greatest_size_is_whole() {
    let large = "Ab+/".repeat(25_000);
    let (assertion, _) =
        taken(&[("/", &posting(AWS, &[("SAMLResponse", &large), ("RelayState", "x")]))], AWS).await;
    assert!(assertion == large, "{} bytes", assertion.len());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
#[cfg_attr(not(feature = "interop"), ignore = "outside check, left to `cargo xtask test`")]
async fn a_response_that_is_larger_than_aws_takes_is_refused() {
    let site = Site::start(&[("/", &posting(AWS, &[("SAMLResponse", &"A".repeat(100_001))]))]).await;
    let error = log_in(&nobody(browser()), &challenge(&site.at("/"), AWS)).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::InvalidInput, "{error}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
#[cfg_attr(not(feature = "interop"), ignore = "outside check, left to `cargo xtask test`")]
async fn a_response_is_taken_in_a_popup_and_in_a_frame() {
    let post = posting(AWS, &[("SAMLResponse", "abcd")]);
    let frame = "<iframe src=\"http://localhost:PORT/post\"></iframe>";
    assert_eq!(taken(&[("/", frame), ("/post", &post)], AWS).await.0, "abcd");

    let site = Site::start(&[("/", "<script>open('/popup')</script>"), ("/popup", &post)]).await;
    let browser = browser().with_argument("--disable-popup-blocking").unwrap();
    let assertion = log_in(&nobody(browser), &challenge(&site.at("/"), AWS)).await;
    assert_eq!(assertion.unwrap().unwrap(), "abcd");
    assert!(site.requests().iter().any(|request| request.line.starts_with("GET /popup ")));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
#[cfg_attr(not(feature = "interop"), ignore = "outside check, left to `cargo xtask test`")]
async fn a_host_that_only_looks_like_aws_is_left_alone() {
    let first = posting("http://signin.localhost.example.com:PORT/saml", &[("SAMLResponse", "wrong000")]);
    let then = posting("http://signin.localhost:PORT/saml", &[("SAMLResponse", "right000")]);
    let site = Site::start(&[("/", &first), ("/saml", &then)]).await;
    let browser = browser().with_argument("--host-resolver-rules=MAP *.example.com 127.0.0.1").unwrap();
    let sign_in = format!("http://signin.localhost:{}/saml", site.port);
    let assertion = log_in(&nobody(browser), &challenge(&site.at("/"), &sign_in)).await.unwrap().unwrap();
    assert_eq!(assertion, "right000");
    let posts: Vec<_> =
        site.requests().into_iter().filter(|request| request.line.starts_with("POST")).collect();
    assert_eq!(posts.len(), 1, "{posts:?}");
    assert!(posts[0].host.starts_with("signin.localhost.example.com"), "{posts:?}");
    assert_eq!(posts[0].body, "SAMLResponse=wrong000");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
#[cfg_attr(not(feature = "interop"), ignore = "outside check, left to `cargo xtask test`")]
async fn only_a_response_ends_the_login() {
    let sign_in = "http://localhost:PORT/saml";
    let pages = [
        // A visit, then a form of another kind, then another page of the same host, then the response.
        ("/", "<script>location = 'http://localhost:PORT/saml?SAMLResponse=visited'</script>"),
        (
            "/saml",
            "<form method=post><input name=step></form><script>
            const step = sessionStorage.step = Number(sessionStorage.step || 0) + 1;
            const form = document.forms[0];
            form.step.name = step == 1 ? 'SAMLRequest' : 'SAMLResponse';
            form[0].value = step == 1 ? 'nothing' : step == 2 ? 'elsewhere' : 'response';
            form.action = step == 2 ? '/saml2' : '/saml';
            form.submit();
        </script>",
        ),
        ("/saml2", "<script>location = '/saml'</script>"),
    ];
    let (assertion, site) = taken(&pages, sign_in).await;
    assert_eq!(assertion, "response");
    let lines: Vec<_> = site.requests().into_iter().map(|request| request.line).collect();
    let expected = ["GET / ", "GET /saml?", "POST /saml ", "POST /saml2 ", "GET /saml "];
    assert!(expected.iter().all(|expected| lines.iter().any(|line| line.starts_with(expected))), "{lines:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
#[cfg_attr(not(feature = "interop"), ignore = "outside check, left to `cargo xtask test`")]
async fn two_logins_at_once_keep_apart() {
    let pages = [
        ("/one", posting(AWS, &[("SAMLResponse", "one0")])),
        ("/other", posting(AWS, &[("SAMLResponse", "other000")])),
    ];
    let site = Site::start(&pages.each_ref().map(|(path, html)| (*path, html.as_str()))).await;
    // With a profile of its own each, and taking turns at one that is kept.
    let home = tempfile::tempdir().unwrap();
    for login in [nobody(browser()), nobody(browser()).with_kept_profiles(home.path())] {
        let (one, other) = (challenge(&site.at("/one"), AWS), challenge(&site.at("/other"), AWS));
        let (one, other) = tokio::join!(log_in(&login, &one), log_in(&login, &other));
        assert_eq!((one.unwrap().unwrap(), other.unwrap().unwrap()), ("one0".into(), "other000".into()));
    }
}

#[tokio::test]
async fn other_identity_providers_and_plain_http_open_no_browser() {
    // There is nothing to start.
    let file = tempfile::NamedTempFile::new().unwrap();
    let login = alice(Browser::open_at(file.path()).unwrap());
    let login = login.with_identity_provider("https://idp.example.com/somewhere").unwrap();
    let outcome = log_in(&login, &challenge("https://other.example.com/app", AWS)).await;
    assert_eq!(outcome.unwrap(), None);
    let plain = log_in(&login, &challenge("http://idp.example.com/app", AWS)).await.unwrap_err();
    assert_eq!(plain.kind(), ErrorKind::InvalidInput);
    // The one it serves, as its neighbour: that there is no browser is now noticed.
    let served = log_in(&login, &challenge("https://IDP.example.com/app", AWS)).await.unwrap_err();
    assert_eq!(served.kind(), ErrorKind::AccessDenied, "{served}");
}
