//! One line for each request, on standard error.

use std::io;

use tracing_subscriber::filter::LevelFilter;

use crate::options::Log;

pub(crate) fn begin(log: Log) {
    let lines = tracing_subscriber::fmt().with_max_level(LevelFilter::INFO).with_writer(io::stderr);
    // Whoever read standard error may be gone: to say so there would end the request in a panic.
    let lines = lines.log_internal_errors(false);
    match log {
        Log::Json => lines.json().flatten_event(true).init(),
        Log::Off => {}
        Log::Text => lines.with_target(false).init(),
    }
}
