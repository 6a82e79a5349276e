//! How long the server waits for a client. hyper's own timer cannot tell a connection that rests between two requests
//! from one whose next head does not get finished; this one starts with a request's first byte.

use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicU8, Ordering};
use std::task::{Context, Poll, ready};
use std::time::Duration;

use hyper::rt::{Read, ReadBufCursor, Write};
use hyper_util::rt::TokioIo;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::time::{Instant, Sleep, sleep};

/// How long each part of a conversation may take.
#[derive(Clone, Copy, Debug)]
pub(super) struct Patience {
    /// From the first byte of a request to its last, and between two bytes of an answer that are taken.
    pub(super) transfer: Duration,
    /// Between an answer and the next request.
    pub(super) rest: Duration,
}

/// A connection that ends with an error when its client takes too long.
pub(super) struct Patient<S> {
    stream: TokioIo<S>,
    patience: Patience,
    stage: Stage,
    read_limit: Pin<Box<Sleep>>,
    write_limit: Pin<Box<Sleep>>,
    is_write_stuck: bool,
    /// Bytes of the next request came while the last was being answered.
    is_ahead: bool,
}

/// Where a connection is between one request and the next; shared by the stream and those who answer.
#[derive(Clone, Debug, Default)]
pub(super) struct Stage(Arc<AtomicU8>);

const RESTING: u8 = 0;
const RECEIVING: u8 = 1;
const ANSWERING: u8 = 2;
const ANSWERED: u8 = 3;

impl Stage {
    /// The request is whole: from here on the client waits for the server.
    pub(super) fn is_answering(&self) {
        self.set(ANSWERING);
    }

    pub(super) fn is_answered(&self) {
        self.set(ANSWERED);
    }

    fn set(&self, stage: u8) {
        self.0.store(stage, Ordering::Relaxed);
    }

    fn is(&self, stage: u8) -> bool {
        self.0.load(Ordering::Relaxed) == stage
    }
}

impl<S> Patient<S> {
    pub(super) fn new(stream: S, patience: Patience) -> Self {
        Self {
            stream: TokioIo::new(stream),
            patience,
            stage: Stage::default(),
            read_limit: Box::pin(sleep(patience.rest)),
            write_limit: Box::pin(sleep(patience.transfer)),
            is_write_stuck: false,
            is_ahead: false,
        }
    }

    pub(super) fn stage(&self) -> Stage {
        self.stage.clone()
    }

    fn enter(&mut self, stage: u8) {
        let limit = if stage == RECEIVING { self.patience.transfer } else { self.patience.rest };
        self.stage.set(stage);
        self.read_limit.as_mut().reset(Instant::now() + limit);
    }

    /// The first look at the stream after an answer.
    fn settle(&mut self) {
        if self.stage.is(ANSWERED) {
            let stage = if std::mem::take(&mut self.is_ahead) { RECEIVING } else { RESTING };
            self.enter(stage);
        }
    }

    fn received(&mut self) {
        if self.stage.is(RESTING) {
            self.enter(RECEIVING);
        } else if self.stage.is(ANSWERING) {
            self.is_ahead = true;
        }
    }

    fn poll_patience(&mut self, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        if self.stage.is(ANSWERING) {
            return Poll::Pending;
        }
        ready!(self.read_limit.as_mut().poll(context));
        Poll::Ready(Err(io::ErrorKind::TimedOut.into()))
    }

    fn poll_write_patience<T>(
        &mut self,
        outcome: Poll<io::Result<T>>,
        context: &mut Context<'_>,
    ) -> Poll<io::Result<T>> {
        if outcome.is_ready() {
            self.is_write_stuck = false;
            return outcome;
        }
        if !self.is_write_stuck {
            self.is_write_stuck = true;
            self.write_limit.as_mut().reset(Instant::now() + self.patience.transfer);
        }
        ready!(self.write_limit.as_mut().poll(context));
        Poll::Ready(Err(io::ErrorKind::TimedOut.into()))
    }
}

impl<S: AsyncRead + Unpin> Read for Patient<S> {
    fn poll_read(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        mut buffer: ReadBufCursor<'_>,
    ) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        this.settle();
        // A window of the same buffer: the cursor itself does not say how much was put into it.
        let mut bytes = [0; WINDOW];
        let room = buffer.remaining().min(WINDOW);
        let mut window = tokio::io::ReadBuf::new(&mut bytes[..room]);
        match Pin::new(this.stream.inner_mut()).poll_read(context, &mut window) {
            Poll::Ready(Ok(())) => {
                if !window.filled().is_empty() {
                    this.received();
                }
                buffer.put_slice(window.filled());
                Poll::Ready(Ok(()))
            }
            Poll::Ready(Err(error)) => Poll::Ready(Err(error)),
            Poll::Pending => this.poll_patience(context),
        }
    }
}

/// What is read at once.
const WINDOW: usize = 8 << 10;

impl<S: AsyncWrite + Unpin> Write for Patient<S> {
    fn poll_write(self: Pin<&mut Self>, context: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        let this = self.get_mut();
        let outcome = Pin::new(&mut this.stream).poll_write(context, bytes);
        this.poll_write_patience(outcome, context)
    }

    fn poll_flush(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        let outcome = Pin::new(&mut this.stream).poll_flush(context);
        this.poll_write_patience(outcome, context)
    }

    fn poll_shutdown(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        let outcome = Pin::new(&mut this.stream).poll_shutdown(context);
        this.poll_write_patience(outcome, context)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_write_vectored(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffers: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let this = self.get_mut();
        let outcome = Pin::new(&mut this.stream).poll_write_vectored(context, buffers);
        this.poll_write_patience(outcome, context)
    }
}
