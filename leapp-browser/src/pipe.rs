//! Messages over two pipes, each ended by a zero byte, as `--remote-debugging-pipe` has them.

use std::io;

use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use zeroize::Zeroizing;

const END: u8 = 0;
const PIECE: usize = 64 * 1024;
/// A page decides how much it posts. A response of the greatest size that AWS takes makes a message of 250
/// KB.
const MOST_BYTES: usize = 16 * 1024 * 1024;

/// Both ends, as this process has them. What came is wiped: one of the messages holds the assertion.
pub(crate) struct Pipe {
    to_browser: Box<dyn AsyncWrite + Send + Unpin>,
    from_browser: Box<dyn AsyncRead + Send + Unpin>,
    received: Zeroizing<Vec<u8>>,
    /// So much of it holds no end.
    searched: usize,
}

impl Pipe {
    #[cfg_attr(not(unix), expect(dead_code, reason = "no process is started there"))]
    pub(crate) fn new(
        to_browser: impl AsyncWrite + Send + Unpin + 'static,
        from_browser: impl AsyncRead + Send + Unpin + 'static,
    ) -> Self {
        let (to_browser, from_browser) = (Box::new(to_browser), Box::new(from_browser));
        Self { to_browser, from_browser, received: Zeroizing::default(), searched: 0 }
    }

    pub(crate) async fn send(&mut self, message: &str) -> io::Result<()> {
        self.to_browser.write_all(message.as_bytes()).await?;
        self.to_browser.write_all(&[END]).await
    }

    /// The next message; `None` when the browser has gone. Nothing is lost when it is not awaited to the end.
    pub(crate) async fn receive(&mut self) -> io::Result<Option<Zeroizing<Vec<u8>>>> {
        loop {
            let end = self.received[self.searched..].iter().position(|byte| *byte == END);
            if let Some(end) = end {
                return Ok(Some(self.take(self.searched + end)));
            }
            self.searched = self.received.len();
            if self.searched > MOST_BYTES {
                return Err(io::Error::new(io::ErrorKind::InvalidData, "a message of more than 16 MiB"));
            }
            self.make_room();
            if self.from_browser.read_buf(&mut *self.received).await? == 0 {
                return Ok(None);
            }
        }
    }

    fn take(&mut self, end: usize) -> Zeroizing<Vec<u8>> {
        let message = Zeroizing::new(self.received[..end].to_vec());
        let rest = Zeroizing::new(self.received[end + 1..].to_vec());
        self.received = rest;
        self.searched = 0;
        message
    }

    /// A vector that grows by itself leaves what it held behind.
    fn make_room(&mut self) {
        if self.received.capacity() - self.received.len() < PIECE {
            let mut larger = Zeroizing::new(Vec::with_capacity(2 * self.received.len() + 2 * PIECE));
            larger.extend_from_slice(&self.received);
            self.received = larger;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pair() -> (Pipe, tokio::io::DuplexStream) {
        let (ours, browsers) = tokio::io::duplex(1000);
        let (from_browser, to_browser) = tokio::io::split(ours);
        (Pipe::new(to_browser, from_browser), browsers)
    }

    #[tokio::test]
    async fn messages_come_out_as_they_went_in() {
        let (mut pipe, mut browser) = pair();
        let large = "x".repeat(300_000);
        let all = format!("one\0\0{large}\0last\0");
        tokio::spawn(async move { browser.write_all(all.as_bytes()).await });
        for expected in ["one", "", &large, "last"] {
            assert!(pipe.receive().await.unwrap().unwrap().as_slice() == expected.as_bytes());
        }
        assert!(pipe.receive().await.unwrap().is_none());
    }

    #[tokio::test]
    async fn a_message_that_is_cut_is_none() {
        let (mut pipe, mut browser) = pair();
        browser.write_all(b"half").await.unwrap();
        drop(browser);
        assert!(pipe.receive().await.unwrap().is_none());
    }

    #[tokio::test]
    async fn a_message_without_an_end_is_refused() {
        let (mut pipe, mut browser) = pair();
        tokio::spawn(async move { while browser.write_all(&[b'x'; 100_000]).await.is_ok() {} });
        assert_eq!(pipe.receive().await.unwrap_err().kind(), io::ErrorKind::InvalidData);
    }
}
