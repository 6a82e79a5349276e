//! Everything that is logged while something runs.

use std::future::Future;
use std::io;
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError, Weak};

use tracing::Dispatch;
use tracing::instrument::WithSubscriber;
use tracing::level_filters::LevelFilter;
use tracing_subscriber::fmt::MakeWriter;
use tracing_subscriber::fmt::format::FmtSpan;

type Buffer = Arc<Mutex<Vec<u8>>>;

/// The captures that are under way, for threads that belong to none of them.
static CAPTURES: Mutex<Vec<Weak<Mutex<Vec<u8>>>>> = Mutex::new(Vec::new());
static INSTALLED: OnceLock<bool> = OnceLock::new();

/// Runs a closure and gives what was logged meanwhile, of every target and level, from `tracing` and from `log`.
///
/// What the calling thread logs goes to this capture alone. What threads log that have no subscriber of their own,
/// such as a backend's own thread or a runtime's workers, goes to every capture under way in the process: a scan sees
/// it, and so do scans in tests beside it. To keep a thread's lines to one capture, run what it does
/// `with_subscriber(tracing::dispatcher::get_default(Dispatch::clone))`.
///
/// # Panics
/// When the process has a global `tracing` subscriber or a `log` logger of its own: other threads' lines would go
/// there, and a leak in them would not be seen.
pub fn capture_logs<T>(run: impl FnOnce() -> T) -> (T, String) {
    let capture = Capture::begin();
    let result = tracing::dispatcher::with_default(&capture.dispatch(), run);
    (result, capture.text())
}

/// Runs a future and gives what was logged meanwhile, as [`capture_logs`] does. It may move between threads.
///
/// # Panics
/// As [`capture_logs`] does.
pub async fn capture_logs_async<F: Future>(future: F) -> (F::Output, String) {
    let capture = Capture::begin();
    let result = future.with_subscriber(capture.dispatch()).await;
    (result, capture.text())
}

struct Capture(Buffer);

impl Capture {
    fn begin() -> Self {
        assert!(
            *INSTALLED.get_or_init(install),
            "the process has a tracing subscriber or a logger already, so not every log line can be captured"
        );
        let buffer = Buffer::default();
        let mut captures = lock(&CAPTURES);
        captures.retain(|capture| capture.strong_count() > 0);
        captures.push(Arc::downgrade(&buffer));
        Self(buffer)
    }

    fn dispatch(&self) -> Dispatch {
        everything_to(To(vec![Arc::clone(&self.0)]))
    }

    fn text(&self) -> String {
        String::from_utf8_lossy(&lock(&self.0)).into_owned()
    }
}

fn install() -> bool {
    tracing::dispatcher::set_global_default(everything_to(ToAll)).is_ok()
        && tracing_log::LogTracer::init().is_ok()
}

fn everything_to(writer: impl for<'a> MakeWriter<'a> + Send + Sync + 'static) -> Dispatch {
    let subscriber = tracing_subscriber::fmt()
        .with_max_level(LevelFilter::TRACE)
        .with_span_events(FmtSpan::FULL)
        .with_ansi(false)
        .without_time()
        .with_writer(writer);
    Dispatch::new(subscriber.finish())
}

struct ToAll;

struct To(Vec<Buffer>);

impl<'a> MakeWriter<'a> for ToAll {
    type Writer = To;

    fn make_writer(&'a self) -> To {
        To(lock(&CAPTURES).iter().filter_map(Weak::upgrade).collect())
    }
}

impl<'a> MakeWriter<'a> for To {
    type Writer = Self;

    fn make_writer(&'a self) -> Self {
        Self(self.0.clone())
    }
}

impl io::Write for To {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        for buffer in &self.0 {
            lock(buffer).extend_from_slice(bytes);
        }
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
