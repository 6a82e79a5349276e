//! MFA codes that have been used: AWS takes a device's code once, whichever session shows it.

use std::collections::VecDeque;
use std::time::{Duration, SystemTime};

use crate::time_step::{TIME_STEP, until_next};
use crate::{SerialNumber, SessionId, TokenCode};

/// AWS takes a code one time step early and one late; what comes after that is another code that looks the same.
const REMEMBERED: Duration = Duration::from_secs(3 * TIME_STEP.as_secs());

/// The codes of all devices that were shown of late.
#[derive(Debug, Default)]
pub(super) struct SpentCodes(VecDeque<Spent>);

#[derive(Debug)]
struct Spent {
    device: SerialNumber,
    code: TokenCode,
    by: SessionId,
    at: SystemTime,
}

impl SpentCodes {
    /// Takes a code for one request; or says how long it is until the device shows one that was not taken.
    pub(super) fn take(
        &mut self,
        device: &SerialNumber,
        code: &TokenCode,
        by: &SessionId,
        now: SystemTime,
    ) -> Result<(), Duration> {
        self.forget_old(now);
        let is_it = |spent: &Spent| spent.device == *device && spent.code.expose() == code.expose();
        if self.0.iter().any(is_it) {
            return Err(until_next(now));
        }
        self.0.push_back(Spent { device: device.clone(), code: code.clone(), by: by.clone(), at: now });
        Ok(())
    }

    /// Takes back what a session took last: its request did not reach the service.
    pub(super) fn give_back(&mut self, by: &SessionId) {
        if let Some(at) = self.0.iter().rposition(|spent| spent.by == *by) {
            self.0.remove(at);
        }
    }

    fn forget_old(&mut self, now: SystemTime) {
        // The clock has been set back: what was taken "in the future" was taken by now.
        self.0.iter_mut().for_each(|spent| spent.at = spent.at.min(now));
        self.0.retain(|spent| spent.at + REMEMBERED > now);
    }
}
