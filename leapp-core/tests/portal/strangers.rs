//! What knocks at the port of a login and is not the browser: it is turned away, and the login goes on.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::sync::{Arc, Mutex};
use std::thread::JoinHandle;
use std::time::Duration;

use async_trait::async_trait;
use leapp_core::Error;
use leapp_core::aws::{LoginHost, LoginPage, LoginPrompt};
use leapp_testkit::aws::FakeAws;

use crate::scene::{CODE, Scene, ask, get, split};

/// Lets strangers knock before the browser comes back.
#[derive(Debug)]
struct Strangers {
    aws: FakeAws,
    knock: fn(address: &str, target: &str),
    knocking: Arc<Mutex<Option<JoinHandle<()>>>>,
}

#[async_trait]
impl LoginPrompt for Strangers {
    async fn show(&self, page: &LoginPage) -> Result<(), Error> {
        let location = self.aws.approve_authorization(page.url().expose(), "alice").unwrap();
        let knock = self.knock;
        let knocking = std::thread::spawn(move || {
            let (address, target) = split(location.expose());
            knock(&address, &target);
            get(location.expose());
        });
        *self.knocking.lock().unwrap() = Some(knocking);
        Ok(())
    }
}

async fn logs_in_beside(knock: fn(&str, &str)) {
    let scene = Scene::new();
    let knocking = Arc::default();
    let strangers = Strangers { aws: scene.aws.clone(), knock, knocking: Arc::clone(&knocking) };
    let host = LoginHost::new(scene.vault.clone(), strangers)
        .with_clock(Arc::new(scene.clock.clone()))
        .with_flow(CODE);
    // No time passes on the clock: the strangers do not use the login's five minutes up.
    let login = tokio::time::timeout(Duration::from_secs(60), scene.portal().log_in(&host)).await;
    // What a stranger was told is judged first: a login that came of it is none.
    let knocking = knocking.lock().unwrap().take().unwrap();
    assert!(tokio::task::spawn_blocking(|| knocking.join()).await.unwrap().is_ok(), "each is turned away");
    login.unwrap().unwrap();
    assert_eq!(scene.calls("CreateToken"), 1, "one request counts");
}

fn answered(address: &str, request: &str, status: &str) {
    let answer = ask(address, request);
    assert!(answer.starts_with(&format!("HTTP/1.1 {status}")), "{request:?}: {answer:?}");
    assert!(answer.contains("This is not the page that was asked for."), "{answer:?}");
}

fn line(target: &str) -> String {
    format!("GET {target} HTTP/1.1\r\nhost: 127.0.0.1\r\n\r\n")
}

/// The one that an attacker's page would send: a code of their own.
#[tokio::test]
async fn a_wrong_state_does_not_end_the_login() {
    logs_in_beside(|address, target| {
        let (before, after) = target.split_once("state=").unwrap();
        let wrong = if after.starts_with('A') { "B" } else { "A" };
        answered(address, &line(&format!("{before}state={wrong}{}", &after[1..])), "400");
        answered(address, &line("/oauth/callback?code=theirs&state="), "400");
        answered(address, &line("/oauth/callback?code=theirs"), "400");
        answered(address, &line("/oauth/callback?error=access_denied&state=theirs"), "400");
        answered(address, &line(&format!("{target}&state=theirs")), "400");
        answered(address, &line(&target.replace("code=", "kode=")), "400");
        answered(address, &line(&format!("{target}&error=access_denied")), "400");
        answered(address, &line(&format!("{target}&code=theirs")), "400");
    })
    .await;
}

#[tokio::test]
async fn another_page_or_method_does_not_end_the_login() {
    logs_in_beside(|address, target| {
        answered(address, &line("/favicon.ico"), "404");
        answered(address, &line("/"), "404");
        answered(address, &line(&target.replace("/oauth/callback", "/oauth/callback/")), "404");
        answered(address, &line(target).replacen("GET", "POST", 1), "405");
        answered(address, &line(target).replacen("GET", "OPTIONS", 1), "405");
    })
    .await;
}

#[tokio::test]
async fn garbage_and_huge_requests_do_not_end_the_login() {
    logs_in_beside(|address, target| {
        answered(address, "\u{16}\u{3}\u{1}\u{2}\r\n\r\n", "400");
        answered(address, "GET\r\n\r\n", "400");
        answered(address, &format!("GET {target} HTTP/1.1\r\nhost 127.0.0.1\r\n\r\n"), "400");
        let headers: String = (0..100).map(|number| format!("x-{number}: 1\r\n")).collect();
        answered(address, &format!("GET {target} HTTP/1.1\r\n{headers}\r\n"), "400");
        let mut stream = TcpStream::connect(address).unwrap();
        // The port may close before all of it is written.
        let _ = stream.write_all(format!("GET /{} HTTP/1.1\r\n", "x".repeat(1 << 20)).as_bytes());
        let _ = stream.read_to_end(&mut Vec::new());
    })
    .await;
}

/// Connections that say nothing, or not all of it, hold up neither the browser nor the login.
#[tokio::test]
async fn connections_that_never_finish_do_not_end_the_login() {
    logs_in_beside(|address, target| {
        let silent: Vec<TcpStream> = (0..10).map(|_| TcpStream::connect(address).unwrap()).collect();
        let mut partial = TcpStream::connect(address).unwrap();
        partial.write_all(&line(target).as_bytes()[..40]).unwrap();
        drop(TcpStream::connect(address).unwrap());
        // They stay open while the browser comes.
        std::thread::spawn(move || {
            std::thread::sleep(Duration::from_secs(5));
            drop((silent, partial));
        });
    })
    .await;
}

/// A browser may send its request in pieces.
#[tokio::test]
async fn a_request_in_pieces_is_one_request() {
    logs_in_beside(|address, target| {
        let mut stream = TcpStream::connect(address).unwrap();
        for piece in line(target).as_bytes().chunks(7) {
            stream.write_all(piece).unwrap();
            stream.flush().unwrap();
        }
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        assert!(answer.starts_with("HTTP/1.1 200 OK"), "{answer}");
    })
    .await;
}
