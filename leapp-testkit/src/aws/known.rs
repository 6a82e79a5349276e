//! Keys and seeds that the test brings along, in place of ones that are made up.

use leapp_core::{AccessKey, Error, ErrorKind, Secret};

use super::FakeAws;
use super::mfa::MfaDevice;
use super::principal::UserArn;

impl FakeAws {
    /// Gives a user an access key of one's own choice, such as one that a program under test has built in.
    ///
    /// A key of that id, whoever had it, is replaced.
    ///
    /// ```
    /// # use std::{sync::Arc, time::SystemTime};
    /// use leapp_core::{AccessKey, AccessKeyId, AccountId, Secret};
    /// # use leapp_testkit::{aws::FakeAws, clock::ManualClock};
    ///
    /// # let aws = FakeAws::new(Arc::new(ManualClock::new(SystemTime::UNIX_EPOCH)));
    /// let alice = aws.add_user(&AccountId::parse("111122223333")?, "alice");
    /// let id = AccessKeyId::parse("AKIAIOSFODNN7EXAMPLE")?;
    /// aws.add_known_access_key(&alice, &AccessKey::new(id, Secret::new("made up for a test"))?);
    /// # Ok::<(), leapp_core::Error>(())
    /// ```
    pub fn add_known_access_key(&self, user: &UserArn, access_key: &AccessKey) {
        let world = &mut *self.world();
        let now = self.now(world);
        world.add_known_access_key(user, access_key, now);
    }

    /// Gives a user one more virtual MFA device, with a seed in base32 of one's own choice.
    ///
    /// # Errors
    /// [`ErrorKind::InvalidInput`] when the seed is not base32, or is not 10 to 128 bytes long.
    pub fn add_known_mfa_device(&self, user: &UserArn, seed: Secret) -> Result<MfaDevice, Error> {
        if !MfaDevice::is_seed(&seed) {
            let message = format!("the seed for an MFA device of {user} is not 10 to 128 bytes in base32");
            return Err(Error::new(ErrorKind::InvalidInput, message));
        }
        Ok(self.world().add_known_mfa_device(user, seed))
    }
}
