//! The body of a request on a connection, read no further than it is worth.

use http_body_util::BodyExt;
use hyper::body::{Body, Bytes, Incoming};

use crate::aws::router::MOST_BYTES;

/// What is read and thrown away behind the longest body, so that a client that writes before it reads hears why it is
/// refused.
const MOST_IGNORED_BYTES: usize = 16 << 20;

/// The body, or as much of one that is too long as tells the router so.
pub(super) async fn read(mut body: Incoming) -> Result<Bytes, hyper::Error> {
    let mut whole =
        Vec::with_capacity(usize::try_from(body.size_hint().lower()).unwrap_or(0).min(MOST_BYTES));
    let mut ignored = 0;
    while let Some(frame) = body.frame().await {
        // Trailers are not looked at.
        let Ok(data) = frame?.into_data() else { continue };
        let taken = data.len().min(MOST_BYTES + 1 - whole.len());
        whole.extend_from_slice(&data[..taken]);
        ignored += data.len() - taken;
        if ignored > MOST_IGNORED_BYTES {
            break;
        }
    }
    Ok(whole.into())
}
