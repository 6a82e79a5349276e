//! The body of an answer on a connection: whole, or cut.

use std::io;
use std::pin::Pin;
use std::task::{Context, Poll};

use http_body_util::Full;
use hyper::body::{Body, Bytes, Frame, SizeHint};

/// A body that may end with an error, which ends the connection.
pub(super) enum AnswerBody {
    Whole(Full<Bytes>),
    Cut(CutBody),
}

/// Less than was promised.
pub(super) struct CutBody {
    sent: Option<Bytes>,
    promised: u64,
    /// The end of a connection takes along what is not on it yet.
    is_on_its_way: bool,
}

impl AnswerBody {
    pub(super) fn cut(body: &Bytes, sent: usize) -> Self {
        let promised = body.len() as u64;
        Self::Cut(CutBody { sent: Some(body.slice(..sent)), promised, is_on_its_way: false })
    }
}

impl Body for AnswerBody {
    type Data = Bytes;
    type Error = io::Error;

    fn poll_frame(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, io::Error>>> {
        match self.get_mut() {
            Self::Whole(body) => Pin::new(body).poll_frame(context).map_err(|never| match never {}),
            Self::Cut(body) => match body.sent.take() {
                Some(bytes) => Poll::Ready(Some(Ok(Frame::data(bytes)))),
                None if body.is_on_its_way => {
                    let message = "the fake AWS cuts its answer short";
                    Poll::Ready(Some(Err(io::Error::new(io::ErrorKind::UnexpectedEof, message))))
                }
                None => {
                    body.is_on_its_way = true;
                    context.waker().wake_by_ref();
                    Poll::Pending
                }
            },
        }
    }

    fn size_hint(&self) -> SizeHint {
        match self {
            Self::Whole(body) => body.size_hint(),
            Self::Cut(body) => SizeHint::with_exact(body.promised),
        }
    }
}
