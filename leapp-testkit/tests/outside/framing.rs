//! That a page in which a person decides is not shown inside somebody else's.

use leapp_core::Secret;
use leapp_testkit::aws::SamlAssertionSpec;

use crate::device_page::lab;
use crate::person::Person;
use crate::site::{Site, html};

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
#[cfg_attr(not(feature = "interop"), ignore = "outside check, left to `cargo xtask test`")]
async fn a_browser_shows_no_page_in_a_frame() {
    let lab = lab().await;
    let corp = lab.aws.add_saml_provider(&lab.account, "Corp");
    corp.add_user("alice", Secret::new("spring"), SamlAssertionSpec::new("alice"));
    let pages = ["/device", "/authorize", "/idp/Corp", "/saml", "/federation"];
    let frames = pages.map(|path| format!("<iframe src=\"{}\"></iframe>", lab.at(path))).concat();
    // What is no page of a person's can be shown: it is not the frame that does not work.
    let metadata = lab.at("/idp/Corp/metadata");
    let page = format!("<iframe src=\"{metadata}\"></iframe>{frames}<h1>Six frames</h1>");
    let site = Site::open(vec![("/", html(&page))]).await;

    let end = Person::opens(&site.at("/")).sees("Six frames").goes();

    assert_eq!(end.frames[0], metadata);
    assert_eq!(end.frames[1..], ["chrome-error://chromewebdata/"; 5]);
    assert_eq!(lab.aws.requests().len(), 6, "all of them were asked for");
    Person::opens(&lab.at("/idp/Corp")).sees("Log in").goes();
}
