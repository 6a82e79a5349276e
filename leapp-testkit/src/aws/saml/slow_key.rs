//! A key takes long to make: nobody else waits for it.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;

use http::StatusCode;
use hyper::body::Bytes;
use leapp_core::{AccountId, SystemClock};

use super::key::{Made, SamlKey, SigningKey};
use crate::aws::FakeAws;
use crate::aws::fault::Delivery;

/// Much longer than an answer takes; nobody waits for it but a test that fails.
const LONG: Duration = Duration::from_secs(60);
const METADATA: &str = "/idp/Corp/metadata";

/// A world whose identity provider makes its key when the test says so, and what says that it has begun to.
fn world() -> (FakeAws, Receiver<()>, Sender<()>) {
    let (begin, begun) = channel();
    let (release, released) = channel();
    let released = Mutex::new(released);
    let key = SigningKey::made_by(move || {
        begin.send(()).unwrap();
        // A test that has failed says nothing any more.
        let _ = released.lock().unwrap().recv();
        Made::new()
    });
    let aws = FakeAws::new(Arc::new(SystemClock::new()));
    let account = AccountId::parse("111122223333").unwrap();
    aws.add_saml_provider_with_key(&account, "Corp", &SamlKey(Arc::new(key)));
    (aws, begun, release)
}

/// Asks in a thread of its own.
fn ask(ask: impl FnOnce() -> StatusCode + Send + 'static) -> Receiver<StatusCode> {
    let (send, answer) = channel();
    thread::spawn(move || send.send(ask()));
    answer
}

fn in_process(aws: &FakeAws, path: &'static str) -> Receiver<StatusCode> {
    let aws = aws.clone();
    ask(move || match aws.handle(&http::Request::get(path).body(Bytes::new()).unwrap()) {
        Delivery::Answer { response, .. } => response.status(),
        other => panic!("{other:?}"),
    })
}

fn on_loopback(url: &str, path: &'static str) -> Receiver<StatusCode> {
    let host = url.replace("http://", "");
    ask(move || {
        let mut stream = TcpStream::connect(&host).unwrap();
        stream.set_read_timeout(Some(LONG)).unwrap();
        write!(stream, "GET {path} HTTP/1.1\r\nhost: {host}\r\nconnection: close\r\n\r\n").unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        answer["HTTP/1.1 ".len()..][..3].parse().unwrap()
    })
}

fn others_are_answered(
    ask: impl Fn(&'static str) -> Receiver<StatusCode>,
    begun: &Receiver<()>,
    release: &Sender<()>,
) {
    let metadata = ask(METADATA);
    begun.recv_timeout(LONG).unwrap();

    assert_eq!(ask("/").recv_timeout(LONG), Ok(StatusCode::BAD_REQUEST));
    assert!(metadata.try_recv().is_err(), "an answer without a key");

    release.send(()).unwrap();
    assert_eq!(metadata.recv_timeout(LONG), Ok(StatusCode::OK));
    assert!(begun.try_recv().is_err(), "a second key");
}

#[test]
fn others_are_answered_while_a_key_is_made() {
    let (aws, begun, release) = world();

    others_are_answered(|path| in_process(&aws, path), &begun, &release);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn others_are_answered_by_the_same_thread_while_a_key_is_made() {
    let (aws, begun, release) = world();
    let server = aws.listen().await.unwrap();
    let url = server.endpoint_url();

    others_are_answered(|path| on_loopback(&url, path), &begun, &release);
}
