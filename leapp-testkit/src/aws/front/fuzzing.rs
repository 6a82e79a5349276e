//! Bytes on a connection, for the fuzz targets.
#![expect(
    clippy::expect_used,
    clippy::missing_panics_doc,
    reason = "a fuzz target stops at what must not be"
)]

use std::time::Duration;

use http::uri::Scheme;
use tokio::io::{AsyncReadExt, AsyncWriteExt};

use super::patience::Patience;
use super::server::talk;
use crate::aws::fuzzing::Lab;

/// Everything that will ever come has come: what is not complete then is given up at once.
const PATIENCE: Patience = Patience { transfer: Duration::from_millis(1), rest: Duration::from_millis(1) };

/// All that a client ever writes on a connection. It gets whole answers or none.
pub fn wire(bytes: &[u8]) {
    let answer = converse(bytes);
    assert!(answer.is_empty() || answer.starts_with(b"HTTP/1."), "no answer in HTTP");
    assert!(!answer.get(8..).is_some_and(|rest| rest.starts_with(b" 5")), "the server failed");
}

fn converse(bytes: &[u8]) -> Vec<u8> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().expect("a runtime");
    runtime.block_on(async {
        let lab = Lab::new();
        let (server, mut client) = tokio::io::duplex(bytes.len() + (1 << 20));
        client.write_all(bytes).await.expect("room for all");
        talk(server, Scheme::HTTP, &lab.aws, PATIENCE).await;
        let mut answer = Vec::new();
        client.read_to_end(&mut answer).await.expect("a connection that was closed");
        answer
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_of_two_requests_on_a_connection_is_answered() {
        let two = b"GET / HTTP/1.1\r\nhost: a\r\n\r\nPOST /token HTTP/1.1\r\nhost: a\r\ncontent-length: 2\r\n\r\n{}";
        let answer = String::from_utf8(converse(two)).unwrap();
        assert_eq!(answer.matches("HTTP/1.1 4").count(), 2, "{answer}");
    }
}
