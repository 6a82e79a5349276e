//! Logins that come to nothing: the person closes the window, the browser dies, nobody waits any more.

use std::process::{Command, Stdio};
use std::time::Duration;

use leapp_browser::Browser;
use leapp_core::{Error, ErrorKind};

use crate::person::{AWS, browser, challenge, log_in, nobody, with_windows};
use crate::processes::{Group, Marked};
use crate::site::Site;

/// Much longer than any of it takes; the login's own limit is five minutes.
const AT_ONCE: Duration = Duration::from_secs(20);

const FORM: &str = "<input name=username><input type=password>";

fn assert_cancelled(outcome: Result<Option<String>, Error>, why: &str) {
    let error = outcome.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Cancelled, "{error:?}");
    assert!(error.to_string().contains(why), "{error}");
}

async fn assert_gone(group: &Group) {
    assert!(group.has_ended().await, "still there: {:?}", group.running());
    assert!(!group.profile.exists(), "its profile is left");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
#[cfg_attr(not(feature = "interop"), ignore = "outside check, left to `cargo xtask test`")]
async fn closing_the_window_cancels_the_login() {
    // The page closes it, as a person would.
    let site = Site::start(&[("/", "<script>window.close()</script>")]).await;
    for (name, browser) in [("headless", browser()), ("window", with_windows())] {
        let marked = Marked::new(name);
        let login = nobody(marked.browser(browser));
        let challenge = challenge(&site.at("/"), AWS);
        let (outcome, group) =
            tokio::join!(tokio::time::timeout(AT_ONCE, log_in(&login, &challenge)), marked.starts());
        assert_cancelled(outcome.unwrap(), "the window was closed");
        assert_gone(&group).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
#[cfg_attr(not(feature = "interop"), ignore = "outside check, left to `cargo xtask test`")]
async fn a_browser_that_dies_cancels_the_login() {
    let site = Site::start(&[("/", FORM)]).await;
    let marked = Marked::new("dies");
    let login = nobody(marked.browser(browser()));
    let challenge = challenge(&site.at("/"), AWS);
    let (outcome, group) = tokio::join!(tokio::time::timeout(AT_ONCE, log_in(&login, &challenge)), async {
        let group = marked.starts().await;
        site.is_asked("GET / ").await;
        assert!(Command::new("kill").args(["-KILL", &group.leader.to_string()]).status().unwrap().success());
        group
    });
    assert_cancelled(outcome.unwrap(), "the browser was closed");
    assert_gone(&group).await;
}

#[tokio::test]
async fn a_browser_that_cannot_open_a_window_was_closed_by_nobody() {
    // Ends at once, as a browser without a display does.
    let login = nobody(Browser::open_at("/usr/bin/true").unwrap());
    let error = log_in(&login, &challenge("https://idp.example.com/", AWS)).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Unavailable, "{error:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
#[cfg_attr(not(feature = "interop"), ignore = "outside check, left to `cargo xtask test`")]
async fn the_time_limit_ends_the_login_and_says_so() {
    let site = Site::start(&[("/", FORM)]).await;
    let marked = Marked::new("limit");
    let login = nobody(marked.browser(browser())).with_time_limit(Duration::from_secs(3));
    let challenge = challenge(&site.at("/"), AWS);
    let (outcome, group) = tokio::join!(log_in(&login, &challenge), marked.starts());
    assert_cancelled(outcome, "nobody did within 3 seconds");
    assert_gone(&group).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
#[cfg_attr(not(feature = "interop"), ignore = "outside check, left to `cargo xtask test`")]
async fn a_login_that_nobody_awaits_leaves_nothing() {
    let site = Site::start(&[("/", FORM)]).await;
    let marked = Marked::new("dropped");
    let login = nobody(marked.browser(browser()));
    let challenge = challenge(&site.at("/"), AWS);
    let group = tokio::select! {
        outcome = log_in(&login, &challenge) => panic!("nobody logged in: {outcome:?}"),
        group = async {
            site.is_asked("GET / ").await;
            marked.starts().await
        } => group,
    };
    // At once: dropping the login has waited for it.
    assert!(!group.running().contains(&group.leader));
    assert!(!group.profile.exists(), "its profile is left");
    assert!(group.has_ended().await, "still there: {:?}", group.running());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
#[cfg_attr(not(feature = "interop"), ignore = "outside check, left to `cargo xtask test`")]
async fn nothing_of_the_login_stands_on_the_command_line() {
    let site = Site::start(&[("/", FORM)]).await;
    let marked = Marked::new("line");
    let login = nobody(marked.browser(browser()));
    let challenge = challenge(&site.at("/?ticket=hunter2"), AWS);
    tokio::select! {
        outcome = log_in(&login, &challenge) => panic!("nobody logged in: {outcome:?}"),
        () = async {
            site.is_asked("GET /?ticket").await;
            let group = marked.starts().await;
            for id in group.running() {
                let line = std::fs::read(format!("/proc/{id}/cmdline")).unwrap_or_default();
                let line = String::from_utf8_lossy(&line).into_owned();
                assert!(!line.contains("hunter2") && !line.contains("remote-debugging-port"), "{line}");
            }
        } => {}
    }
}

/// The test's own program, started again to be killed: it is told where to log in.
const LOGIN_URL: &str = "LEAPP_BROWSER_TEST_LOGIN_URL";

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
#[cfg_attr(not(feature = "interop"), ignore = "outside check, left to `cargo xtask test`")]
#[expect(clippy::disallowed_methods, reason = "how the test tells its second process what to do")]
async fn the_browser_ends_with_the_program_that_was_killed() {
    let marked = Marked::shared("killed");
    if let Ok(login_url) = std::env::var(LOGIN_URL) {
        let outcome = log_in(&nobody(marked.browser(browser())), &challenge(&login_url, AWS)).await;
        panic!("nobody logged in: {outcome:?}");
    }
    let site = Site::start(&[("/", FORM)]).await;
    let mut program = Command::new(std::env::current_exe().unwrap());
    program.args([
        "--exact",
        "ending::the_browser_ends_with_the_program_that_was_killed",
        "--include-ignored",
    ]);
    program.env(LOGIN_URL, site.at("/")).stdout(Stdio::null()).stderr(Stdio::null());
    let mut program = program.spawn().unwrap();
    site.is_asked("GET / ").await;
    let group = marked.starts().await;
    program.kill().unwrap();
    program.wait().unwrap();
    assert!(group.has_ended().await, "still there: {:?}", group.running());
    std::fs::remove_dir_all(&group.profile).unwrap();
}
