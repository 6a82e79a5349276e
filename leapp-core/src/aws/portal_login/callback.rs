//! The loopback port that a browser comes back to. Anything on the machine can knock there: only the request with our
//! state counts, once, and nothing else ends the wait.

use std::io;
use std::net::Ipv4Addr;
use std::time::Duration;

use subtle::ConstantTimeEq;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinSet;

use crate::{Error, ErrorKind, Secret};

const PATH: &str = "/oauth/callback";
/// A browser's request with a code has some 3 KiB.
const MOST_BYTES: usize = 16 << 10;
const MOST_HEADERS: usize = 64;
/// A browser sends its request at once.
const PATIENCE: Duration = Duration::from_secs(10);
/// Connections at a time. Who is not served waits until another's patience has ended.
const MOST_CONNECTIONS: usize = 32;
/// Before it accepts again when it cannot: the system has no room for one more connection.
const OUT_OF_ROOM: Duration = Duration::from_millis(20);

/// An open port, and the state that the right request repeats.
#[derive(Debug)]
pub(super) struct Callback {
    listener: TcpListener,
    port: u16,
    state: Secret,
    connections: JoinSet<Option<Outcome>>,
}

/// What the browser came back with.
#[derive(Debug)]
pub(super) enum Outcome {
    Code(Secret),
    Declined,
    /// OAuth's word for why.
    Refused(String),
}

/// What is said to a request.
enum Reply {
    Done(Outcome),
    No(&'static str),
}

impl Callback {
    pub(super) async fn open(port: Option<u16>, state: Secret) -> Result<Self, Error> {
        let failed = |source: io::Error| {
            let kind = match source.kind() {
                io::ErrorKind::AddrInUse => ErrorKind::Busy,
                _ => ErrorKind::Unavailable,
            };
            let port = port.map_or_else(|| "a port".to_owned(), |port| format!("port {port}"));
            Error::new(kind, format!("cannot listen on {port} of 127.0.0.1 for the login"))
                .with_source(source)
        };
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, port.unwrap_or(0))).await.map_err(failed)?;
        let port = listener.local_addr().map_err(failed)?.port();
        Ok(Self { listener, port, state, connections: JoinSet::new() })
    }

    pub(super) fn redirect_uri(&self) -> String {
        format!("http://127.0.0.1:{}{PATH}", self.port)
    }

    pub(super) fn state(&self) -> &Secret {
        &self.state
    }

    /// Waits for the browser. Dropping this closes the port and every connection.
    pub(super) async fn wait(&mut self) -> Outcome {
        loop {
            tokio::select! {
                Some(done) = self.connections.join_next() => {
                    if let Ok(Some(outcome)) = done {
                        return outcome;
                    }
                }
                accepted = self.listener.accept(), if self.connections.len() < MOST_CONNECTIONS => match accepted {
                    Ok((stream, _)) => {
                        let state = self.state.clone();
                        self.connections.spawn(async move { serve(stream, &state).await });
                    }
                    Err(_) => tokio::time::sleep(OUT_OF_ROOM).await,
                },
            }
        }
    }
}

/// One request, and what is said to it; an outcome, if it was the one.
async fn serve(mut stream: TcpStream, state: &Secret) -> Option<Outcome> {
    let reply = tokio::time::timeout(PATIENCE, read(&mut stream, state)).await.ok()?.ok()?;
    let (status, words, outcome) = match reply {
        Reply::Done(outcome @ Outcome::Code(_)) => {
            ("200 OK", "You are logged in. You can close this page.", Some(outcome))
        }
        Reply::Done(outcome) => ("200 OK", "You are not logged in. You can close this page.", Some(outcome)),
        Reply::No(status) => (status, "This is not the page that was asked for.", None),
    };
    // Whether the page arrives or not, the code has.
    let _ = tokio::time::timeout(PATIENCE, stream.write_all(page(status, words).as_bytes())).await;
    let _ = tokio::time::timeout(PATIENCE, stream.shutdown()).await;
    outcome
}

/// Reads to the end of the head; of what follows it, nothing.
async fn read(stream: &mut TcpStream, state: &Secret) -> io::Result<Reply> {
    let mut head = zeroize::Zeroizing::new(Vec::with_capacity(MOST_BYTES));
    loop {
        let room = (MOST_BYTES - head.len()) as u64;
        if room == 0 {
            return Ok(Reply::No("431 Request Header Fields Too Large"));
        }
        if (&mut *stream).take(room).read_buf(&mut *head).await? == 0 {
            return Ok(Reply::No("400 Bad Request"));
        }
        let mut headers = [httparse::EMPTY_HEADER; MOST_HEADERS];
        let mut request = httparse::Request::new(&mut headers);
        return Ok(match request.parse(&head) {
            Ok(httparse::Status::Complete(_)) => judge(request.method, request.path, state),
            Ok(httparse::Status::Partial) => continue,
            Err(_) => Reply::No("400 Bad Request"),
        });
    }
}

fn judge(method: Option<&str>, target: Option<&str>, state: &Secret) -> Reply {
    let (path, query) = target.and_then(|target| target.split_once('?')).unwrap_or_default();
    if path != PATH {
        return Reply::No("404 Not Found");
    }
    if method != Some("GET") {
        return Reply::No("405 Method Not Allowed");
    }
    let one = |name: &str| {
        let mut values = form_urlencoded::parse(query.as_bytes()).filter(|(key, _)| key == name);
        let value = values.next().map(|(_, value)| value.into_owned()).filter(|value| !value.is_empty())?;
        values.next().is_none().then_some(value)
    };
    let is_ours =
        one("state").is_some_and(|shown| bool::from(shown.as_bytes().ct_eq(state.expose().as_bytes())));
    if !is_ours {
        return Reply::No("400 Bad Request");
    }
    match (one("code"), one("error")) {
        (Some(code), None) => Reply::Done(Outcome::Code(Secret::new(code))),
        (None, Some(error)) if error == "access_denied" => Reply::Done(Outcome::Declined),
        (None, Some(error)) => {
            let word = error.chars().filter(|c| c.is_ascii_lowercase() || *c == '_').take(64).collect();
            Reply::Done(Outcome::Refused(word))
        }
        _ => Reply::No("400 Bad Request"),
    }
}

/// A page that holds nothing of the request, loads nothing, and stays nowhere.
fn page(status: &str, words: &str) -> String {
    let body = format!(
        "<!doctype html><html lang=\"en\"><meta charset=\"utf-8\"><title>Login</title><p>{words}</p></html>"
    );
    format!(
        "HTTP/1.1 {status}\r\ncontent-type: text/html; charset=utf-8\r\ncontent-length: {}\r\nconnection: close\r\n\
         cache-control: no-store\r\nreferrer-policy: no-referrer\r\nx-content-type-options: nosniff\r\n\
         content-security-policy: default-src 'none'\r\n\r\n{body}",
        body.len()
    )
}
