//! Requests a second, as wrk counts them.

use std::fs;
use std::path::Path;

use super::contender::Running;
use super::on_core;
use super::signed::SignedRequest;
use crate::workspace::Workspace;
use crate::{Outcome, process};

const SECONDS: u32 = 3;

/// How many connections one client thread keeps busy.
#[derive(Clone, Copy)]
pub(super) enum Connections {
    One = 1,
    Eight = 8,
}

/// Loads a server from the second core.
#[expect(clippy::disallowed_methods, reason = "a throw-away file under target/")]
pub(super) fn rate(
    workspace: &Workspace,
    server: &Running,
    request: &SignedRequest,
    connections: Connections,
) -> Outcome<f64> {
    let script = workspace.target.join("servers-load.lua");
    fs::write(&script, request.wrk_script()).map_err(|e| format!("writing {}: {e}", script.display()))?;
    let mut wrk = on_core(1, Path::new("wrk"));
    wrk.args(["-t1", "--timeout=10s"]).arg(format!("-c{}", connections as u8)).arg(format!("-d{SECONDS}s"));
    wrk.arg("-s").arg(&script).arg(format!("http://127.0.0.1:{}/", server.port()));
    parse(&process::output(&mut wrk)?)
}

/// An answer that is no success would be counted like one.
fn parse(output: &str) -> Outcome<f64> {
    let bad = output.lines().find(|line| line.contains("Non-2xx") || line.contains("Socket errors"));
    if let Some(bad) = bad {
        return Err(format!("wrk was not answered as it should be: {}", bad.trim()));
    }
    let rate = output.lines().find_map(|line| line.strip_prefix("Requests/sec:"));
    let rate = rate.and_then(|rate| rate.trim().parse().ok()).filter(|rate| *rate > 0.0);
    rate.ok_or_else(|| format!("wrk gave no rate:\n{output}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rate_counts_when_every_answer_was_a_success() {
        assert_eq!(parse("  9 requests in 3s\nRequests/sec:   1234.50\n"), Ok(1234.5));
        assert!(parse("  Non-2xx or 3xx responses: 3\nRequests/sec:   1234.50\n").is_err());
        assert!(parse("  Socket errors: connect 0, read 1\nRequests/sec:   1234.50\n").is_err());
        assert!(parse("Requests/sec:      0.00\n").is_err());
        assert!(parse("").is_err());
    }
}
