//! A server, and connections that send what they like.

use std::io::{ErrorKind, Read, Write};
use std::net::TcpStream;
use std::sync::Arc;
use std::time::{Duration, UNIX_EPOCH};

use leapp_testkit::aws::{FakeAws, LoopbackServer};
use leapp_testkit::clock::ManualClock;

/// Far less than the server's own patience: what is refused is refused at once.
const AT_ONCE: Duration = Duration::from_secs(5);

pub(crate) struct Lab {
    pub(crate) aws: FakeAws,
    server: LoopbackServer,
}

impl Lab {
    pub(crate) async fn new() -> Self {
        let aws = FakeAws::new(Arc::new(ManualClock::new(UNIX_EPOCH + Duration::from_secs(1_700_000_000))));
        Self { server: aws.listen().await.unwrap(), aws }
    }

    pub(crate) fn connect(&self) -> TcpStream {
        let stream = TcpStream::connect(self.server.endpoint_url().replace("http://", "")).unwrap();
        stream.set_read_timeout(Some(AT_ONCE)).unwrap();
        stream.set_write_timeout(Some(AT_ONCE)).unwrap();
        stream
    }

    /// All that comes back until the server hangs up. Fails when it does not.
    pub(crate) fn ask(&self, bytes: &[u8]) -> String {
        let mut stream = self.connect();
        // The server may hang up before all is written.
        let _ = stream.write_all(bytes);
        rest_of(&mut stream)
    }

    /// Fails unless a request is answered as it should be.
    #[track_caller]
    pub(crate) fn assert_serves(&self, stream: &mut TcpStream) {
        let body = "Action=GetCallerIdentity&Version=2011-06-15";
        let length = body.len();
        write!(stream, "POST / HTTP/1.1\r\nhost: x\r\ncontent-length: {length}\r\n\r\n{body}").unwrap();
        let answer = next_answer(stream);
        assert!(answer.starts_with("HTTP/1.1 403 "), "{answer}");
        assert!(answer.contains("<Code>MissingAuthenticationToken</Code>"), "{answer}");
    }
}

/// One answer of a connection that stays open.
pub(crate) fn next_answer(stream: &mut TcpStream) -> String {
    let mut bytes = Vec::new();
    while !String::from_utf8_lossy(&bytes).contains("</ErrorResponse>") {
        let mut some = [0; 4096];
        let count = stream.read(&mut some).unwrap();
        assert_ne!(count, 0, "hung up after {}", String::from_utf8_lossy(&bytes));
        bytes.extend_from_slice(&some[..count]);
    }
    String::from_utf8(bytes).unwrap()
}

fn rest_of(stream: &mut TcpStream) -> String {
    let mut bytes = Vec::new();
    match stream.read_to_end(&mut bytes) {
        Ok(_) => {}
        // It hung up on what it had not read.
        Err(error) if error.kind() == ErrorKind::ConnectionReset => {}
        Err(error) => panic!("{error} after {}", String::from_utf8_lossy(&bytes)),
    }
    String::from_utf8(bytes).unwrap()
}
