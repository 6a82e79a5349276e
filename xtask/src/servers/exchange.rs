//! One request and its answer over a socket: a client library's own start would be measured with the server's.

use std::io::{Read, Write};
use std::net::{Ipv4Addr, TcpStream};
use std::time::Duration;

use super::signed::SignedRequest;
use crate::Outcome;

const PATIENCE: Duration = Duration::from_secs(10);
/// More than any of them says to `GetCallerIdentity`.
const MOST_BYTES: usize = 64 << 10;

/// Whether the answer is the caller's identity.
pub(super) fn is_answered(port: u16, request: &SignedRequest) -> Outcome<bool> {
    try_once(port, &request.bytes()).map_err(|e| format!("asking the server on port {port}: {e}"))
}

/// Nobody listens yet, or the answer.
pub(super) fn try_once(port: u16, request: &[u8]) -> std::io::Result<bool> {
    let mut stream = TcpStream::connect((Ipv4Addr::LOCALHOST, port))?;
    stream.set_read_timeout(Some(PATIENCE))?;
    stream.set_write_timeout(Some(PATIENCE))?;
    stream.set_nodelay(true)?;
    stream.write_all(request)?;
    let mut answer = Vec::new();
    let mut some = [0; 4096];
    // The end of either document; the connection itself may stay open.
    while !has(&answer, b"</GetCallerIdentityResponse>") && !has(&answer, b"</ErrorResponse>") {
        let count = stream.read(&mut some)?;
        if count == 0 || answer.len() > MOST_BYTES {
            break;
        }
        answer.extend_from_slice(&some[..count]);
    }
    Ok(has(&answer, b" 200 ") && has(&answer, b"</GetCallerIdentityResponse>"))
}

fn has(answer: &[u8], text: &[u8]) -> bool {
    answer.windows(text.len()).any(|window| window == text)
}
