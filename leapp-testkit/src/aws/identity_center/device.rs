//! Devices that wait for a person: RFC 8628.

use std::time::{Duration, SystemTime};

use super::digest::Digest;
use super::latest::Latest;
use super::oidc::refusal;
use crate::aws::refusal::Refusal;

/// What a client that polls too fast has to wait longer, from then on.
const SLOWER_BY: Duration = Duration::from_secs(5);
/// A person may type blanks and lines as well, but not as many as they like: the page repeats the code.
const MOST_TYPED_BYTES: usize = 64;

/// A device authorization.
pub(super) struct Device {
    pub(super) client_id: String,
    pub(super) instance: usize,
    /// The Region that it was asked for in; none on loopback.
    pub(super) region: Option<String>,
    pub(super) expires_at: SystemTime,
    pub(super) interval: Duration,
    pub(super) polled_at: Option<SystemTime>,
    pub(super) decision: Decision,
}

/// What the person said.
#[derive(Clone)]
pub(super) enum Decision {
    Allowed { user: String },
    Denied,
    Pending,
}

/// The devices by their device codes, and those by their user codes.
#[derive(Default)]
pub(super) struct Devices {
    devices: Latest<Digest, Device>,
    user_codes: Latest<String, Digest>,
}

impl Devices {
    pub(super) fn add(&mut self, device_code: &str, user_code: &str, device: Device) {
        let digest = Digest::of(device_code);
        self.user_codes.insert(user_code.to_owned(), digest.clone());
        self.devices.insert(digest, device);
    }

    pub(super) fn by_device_code(&mut self, device_code: &str) -> Option<&mut Device> {
        self.devices.find_mut(&Digest::of(device_code))
    }

    /// A person may type the code in small letters and without the line.
    pub(super) fn by_user_code(&mut self, user_code: &str) -> Option<&mut Device> {
        if user_code.len() > MOST_TYPED_BYTES {
            return None;
        }
        let mut letters: String = user_code.chars().filter(char::is_ascii_alphabetic).take(9).collect();
        letters.make_ascii_uppercase();
        if letters.len() == 8 {
            letters.insert(4, '-');
        }
        self.devices.find_mut(self.user_codes.find(&letters)?)
    }

    /// Uses a device code up.
    pub(super) fn remove(&mut self, device_code: &str) {
        self.devices.remove(&Digest::of(device_code));
    }
}

impl Device {
    pub(super) fn is_pending(&self) -> bool {
        matches!(self.decision, Decision::Pending)
    }

    pub(super) fn is_expired(&self, now: SystemTime) -> bool {
        now >= self.expires_at
    }

    /// The person who allowed it, or what a client is told that polls now.
    pub(super) fn poll(&mut self, now: SystemTime) -> Result<String, Refusal> {
        if self.is_expired(now) {
            return Err(refusal::expired_token());
        }
        let since = self.polled_at.replace(now).map(|last| now.duration_since(last).unwrap_or_default());
        if since.is_some_and(|since| since < self.interval) {
            self.interval = self.interval.saturating_add(SLOWER_BY);
            return Err(refusal::slow_down());
        }
        match &self.decision {
            Decision::Allowed { user } => Ok(user.clone()),
            Decision::Denied => Err(refusal::access_denied()),
            Decision::Pending => Err(refusal::authorization_pending()),
        }
    }
}
