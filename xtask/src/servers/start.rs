//! From nothing to the first answer.

use std::thread::sleep;
use std::time::Duration;

use super::contender::{Contender, Running};
use super::exchange;
use super::ports::Ports;
use super::signed::SignedRequest;
use crate::{Outcome, stopwatch};

/// Between two knocks at a door that is not open yet.
const PAUSE: Duration = Duration::from_micros(50);
const MOST_PAUSES: u32 = 800_000;

/// The time from before the program is spawned until its first `GetCallerIdentity` is answered.
///
/// The start before it is not measured: whoever ran between has taken the caches, and a server of two milliseconds
/// feels that more than one of two seconds.
pub(super) fn time(contender: &Contender, ports: &mut Ports, request: &SignedRequest) -> Outcome<Duration> {
    once(contender, ports.free()?, request)?;
    once(contender, ports.free()?, request)
}

fn once(contender: &Contender, port: u16, request: &SignedRequest) -> Outcome<Duration> {
    let (server, time) = stopwatch::timed(|| {
        let server = contender.start(port)?;
        until_answered(&server, request).map(|()| server)
    });
    server.map_err(|reason| format!("{}: {reason}", contender.name))?;
    Ok(time)
}

/// Asks until the answer is right.
pub(super) fn until_answered(server: &Running, request: &SignedRequest) -> Outcome<()> {
    let bytes = request.bytes();
    for _ in 0..MOST_PAUSES {
        match exchange::try_once(server.port(), &bytes) {
            Ok(true) => return Ok(()),
            Ok(false) => return Err("the signed request is not answered with an identity".to_owned()),
            Err(_) => sleep(PAUSE),
        }
    }
    Err("it does not begin to answer".to_owned())
}
