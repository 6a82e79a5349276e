//! Reads what a program prints as a secret, without leaving half-grown copies of it behind.

use std::io;

use tokio::io::{AsyncRead, AsyncReadExt};
use zeroize::Zeroizing;

use crate::Secret;

/// A SAML response has 100,000 bytes at most, percent-encoded a few more.
pub(super) const MOST_BYTES: usize = 256 * 1024;

pub(super) enum Failure {
    NoText,
    Read(io::Error),
    TooLarge,
}

/// What has been printed so far.
pub(super) struct Output {
    /// One byte more tells what is too large. It never grows, and is wiped as a whole.
    bytes: Zeroizing<Vec<u8>>,
    length: usize,
}

impl Output {
    pub(super) fn new() -> Self {
        Self { bytes: Zeroizing::new(vec![0; MOST_BYTES + 1]), length: 0 }
    }

    /// Reads to the end. What was read before this is given up stays.
    pub(super) async fn read(&mut self, mut from: impl AsyncRead + Unpin) -> Result<(), Failure> {
        loop {
            let Some(room) = self.bytes.get_mut(self.length..).filter(|room| !room.is_empty()) else {
                return Err(Failure::TooLarge);
            };
            match from.read(room).await.map_err(Failure::Read)? {
                0 => return Ok(()),
                read => self.length += read,
            }
        }
    }

    /// All of it, without the line break at its end.
    pub(super) fn into_secret(self) -> Result<Secret, Failure> {
        let bytes = self.bytes.get(..self.length);
        let text = bytes.and_then(|bytes| std::str::from_utf8(bytes).ok()).ok_or(Failure::NoText)?;
        let text = text.strip_suffix('\n').map_or(text, |line| line.strip_suffix('\r').unwrap_or(line));
        let mut secret = Zeroizing::new(String::with_capacity(text.len()));
        secret.push_str(text);
        Ok(Secret::from(secret))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn read_all(bytes: &[u8]) -> Result<String, Failure> {
        let mut output = Output::new();
        output.read(bytes).await?;
        output.into_secret().map(|secret| secret.expose().to_owned())
    }

    #[tokio::test]
    async fn one_line_break_at_the_end_is_dropped_and_nothing_else() {
        for (printed, taken) in [
            ("", ""),
            ("a", "a"),
            ("a\n", "a"),
            ("a\r\n", "a"),
            ("a\n\n", "a\n"),
            (" a \n", " a "),
            ("\n", ""),
        ] {
            assert_eq!(read_all(printed.as_bytes()).await.ok().as_deref(), Some(taken), "{printed:?}");
        }
    }

    #[tokio::test]
    async fn the_limit_is_taken_and_a_byte_more_is_not() {
        assert_eq!(read_all(&[b'a'; MOST_BYTES]).await.ok().map(|text| text.len()), Some(MOST_BYTES));
        assert!(matches!(read_all(&[b'a'; MOST_BYTES + 1]).await, Err(Failure::TooLarge)));
    }

    #[tokio::test]
    async fn what_is_no_text_is_refused() {
        assert!(matches!(read_all(b"\xff\xfe").await, Err(Failure::NoText)));
    }
}
