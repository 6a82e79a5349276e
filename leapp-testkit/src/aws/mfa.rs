//! Virtual MFA devices: RFC 6238 with SHA-1, six digits and thirty seconds.

use std::collections::BTreeSet;
use std::time::{SystemTime, UNIX_EPOCH};

use leapp_core::{Secret, SerialNumber, TokenCode};
use totp_rs::{Algorithm, Builder, Totp};

use super::principal::UserArn;

const STEP: u64 = 30;

/// A virtual MFA device, as its owner holds it.
#[derive(Clone, Debug)]
pub struct MfaDevice {
    serial_number: SerialNumber,
    seed: Secret,
}

/// The same device, as AWS knows it.
pub(super) struct Device {
    owner: UserArn,
    totp: Totp,
    used_steps: BTreeSet<u64>,
}

impl MfaDevice {
    #[expect(clippy::expect_used, reason = "a user's name is far shorter than a serial number may be")]
    pub(super) fn new(user: &UserArn, count: usize, seed: Secret) -> Self {
        let suffix = if count == 0 { String::new() } else { format!("-{}", count + 1) };
        let arn =
            format!("arn:{}:iam::{}:mfa/{}{suffix}", user.partition(), user.account_id(), user.user_name());
        Self { serial_number: SerialNumber::parse(&arn).expect("a serial number"), seed }
    }

    /// True for a seed that a device can hold: base32 of at least the ten bytes that generators give out, and at
    /// most as many as anybody uses.
    pub(super) fn is_seed(seed: &Secret) -> bool {
        let bytes = totp_rs::Secret::try_from_base32(seed.expose());
        bytes.is_ok_and(|bytes| (10..=128).contains(&bytes.as_bytes().len()))
    }

    /// The serial number: an ARN, as every virtual device has.
    pub fn serial_number(&self) -> &SerialNumber {
        &self.serial_number
    }

    /// The seed in base32, for a TOTP generator.
    pub fn seed(&self) -> &Secret {
        &self.seed
    }

    /// The code that the device shows at a time.
    #[expect(clippy::expect_used, clippy::missing_panics_doc, reason = "the generator makes six digits")]
    pub fn code_at(&self, time: SystemTime) -> TokenCode {
        TokenCode::parse(&self.totp().generate(seconds(time)).to_string()).expect("six digits")
    }

    #[expect(clippy::expect_used, reason = "the seed was minted in base32, or checked")]
    fn totp(&self) -> Totp {
        let seed = totp_rs::Secret::try_from_base32(self.seed.expose()).expect("base32");
        Builder::new()
            .with_algorithm(Algorithm::SHA1)
            .with_digits(6)
            .with_step_duration(STEP)
            .with_skew(1)
            .with_secret(seed)
            .build_noncompliant()
    }
}

impl Device {
    pub(super) fn new(owner: &UserArn, device: &MfaDevice) -> Self {
        Self { owner: owner.clone(), totp: device.totp(), used_steps: BTreeSet::new() }
    }

    pub(super) fn rename_user(&mut self, user: &UserArn, renamed: &UserArn) {
        if self.owner == *user {
            self.owner = renamed.clone();
        }
    }

    pub(super) fn is_of(&self, user: &UserArn) -> bool {
        self.owner == *user
    }

    /// True once for each code of the current step and its neighbours.
    pub(super) fn accept(&mut self, token_code: &str, now: SystemTime) -> bool {
        match self.totp.check(token_code, seconds(now)) {
            Some(step) => self.used_steps.insert(step),
            None => false,
        }
    }
}

fn seconds(time: SystemTime) -> u64 {
    time.duration_since(UNIX_EPOCH).unwrap_or_default().as_secs()
}
