//! One virtual MFA device: its seed, and the time steps whose codes it has given.

use std::collections::VecDeque;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, SystemTime};

use zeroize::Zeroizing;

use crate::time_step::{TIME_STEP, until_next};
use crate::{Clock, Error, ErrorKind, Secret, SerialNumber, TokenCode};

/// A clock that is set back comes to time steps whose codes have been given.
const REMEMBERED: usize = 16;

/// Reads a seed: base32, as AWS shows it under the QR code; spaces and case do not matter.
pub(super) fn parse(serial_number: &SerialNumber, seed: &Secret) -> Result<totp_rs::Totp, Error> {
    let refuse =
        |what| Error::new(ErrorKind::InvalidInput, format!("the seed of MFA device {serial_number} {what}"));
    let mut text = Zeroizing::new(String::with_capacity(seed.expose().len()));
    let letters = seed.expose().chars().filter(|c| !c.is_whitespace() && *c != '=');
    text.extend(letters.map(|c| c.to_ascii_uppercase()));
    let secret = totp_rs::Secret::try_from_base32(&*text).map_err(|_| refuse("is not base32"))?;
    totp_rs::Builder::new().with_secret(secret).build().map_err(|_| refuse("is too short"))
}

/// The time steps of the last codes that a device has given.
#[derive(Debug, Default)]
pub(super) struct Given(Mutex<VecDeque<u64>>);

impl Given {
    /// The code of the first time step, from now on, whose code was not given. It waits for it.
    pub(super) async fn next_code(
        &self,
        serial_number: &SerialNumber,
        totp: &totp_rs::Totp,
        clock: &dyn Clock,
    ) -> Result<TokenCode, Error> {
        let step = loop {
            match self.take_step(clock.now()) {
                Ok(step) => break step,
                Err(wait) => clock.sleep(wait).await,
            }
        };
        let code = Zeroizing::new(totp.generate(step * TIME_STEP.as_secs()).to_string());
        Ok(TokenCode::parse(&code)?.of_device(serial_number.clone()))
    }

    /// Takes the current time step, unless its code has been given: then says how long until the next.
    fn take_step(&self, now: SystemTime) -> Result<u64, Duration> {
        let since = now.duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
        let step = since.as_secs() / TIME_STEP.as_secs();
        let mut given = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if given.contains(&step) {
            return Err(until_next(now));
        }
        given.truncate(REMEMBERED - 1);
        given.push_front(step);
        Ok(step)
    }
}
