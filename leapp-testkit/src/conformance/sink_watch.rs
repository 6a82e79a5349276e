//! A program that reads a profile all the while it is being replaced.

use std::future::Future;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use leapp_core::ProfileName;

use super::must;
use super::sink_harness::{ReadBack, SinkHarness};

/// What the reader found.
pub(super) enum Watched {
    /// One of the published sets, every time.
    Whole,
    /// Nothing, at some time.
    Gap,
    /// At some time, something that nobody published.
    Mixture,
}

/// Reads a profile over and over while `work` runs.
pub(super) async fn watch(
    target: Arc<dyn SinkHarness>,
    profile: ProfileName,
    expected: Vec<ReadBack>,
    work: impl Future<Output = Result<(), String>>,
) -> Result<Watched, String> {
    let done = Arc::new(AtomicBool::new(false));
    let reader = tokio::spawn({
        let done = Arc::clone(&done);
        async move {
            loop {
                let is_last = done.load(Ordering::Acquire);
                match target.read(&profile).await {
                    None => return Watched::Gap,
                    Some(found) if !expected.contains(&found) => return Watched::Mixture,
                    Some(_) if is_last => return Watched::Whole,
                    Some(_) => tokio::task::yield_now().await,
                }
            }
        }
    });
    let worked = work.await;
    done.store(true, Ordering::Release);
    let watched = must("the reader beside it", reader.await)?;
    worked.map(|()| watched)
}
