//! A world written down in a file.
//!
//! The file is TOML. Every table may be left out, and every key but those that name a thing:
//!
//! ```toml
//! session_token_size = 800          # bytes, 64 to 4096
//! clock_offset = 0                  # seconds that the service is ahead
//!
//! [[account]]
//! id = "111122223333"
//! partition = "aws"                 # aws-cn, aws-eusc, aws-us-gov
//! name = "Production"
//!
//! [[user]]
//! account = "111122223333"
//! name = "alice"
//! access_key = [{}, { id = "AKIAIOSFODNN7EXAMPLE", secret = "made up for a test" }]   # {} is made up
//! mfa_device = [{}, { seed = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP" }]
//!
//! [[role]]
//! account = "111122223333"
//! name = "ops/Deploy"
//! trusts = ["arn:aws:iam::111122223333:user/alice", "444455556666"]
//! external_id = "customer:42"
//! requires_mfa = true
//! max_session_duration = 7200       # seconds, 3600 to 43200
//!
//! [[fault]]
//! kind = "Delay"                    # as `Fault` has them
//! milliseconds = 250                # for Delay alone; WrongDate has `seconds`
//! action = "AssumeRole"             # any operation when left out
//! times = 2
//!
//! [random_faults]
//! seed = 7
//! percent = 5
//! faults = [{ kind = "Throttle" }, { kind = "Unavailable" }]
//! ```

mod accounts;
mod faults;
mod plan;
mod problem;
mod roles;
mod shape;
mod users;

use std::fmt;
use std::sync::Arc;

use leapp_core::{AccessKey, AccountId, Clock, Error, RoleArn};

use super::{FakeAws, MfaDevice, UserArn};
use plan::Plan;
use problem::Problem;

/// A file that describes a world, read and checked.
///
/// ```
/// use std::sync::Arc;
/// use std::time::SystemTime;
///
/// use leapp_testkit::aws::WorldFile;
/// use leapp_testkit::clock::ManualClock;
///
/// let text = "
///     [[account]]
///     id = '111122223333'
///     [[role]]
///     account = '111122223333'
///     name = 'Deploy'
/// ";
/// let made = WorldFile::parse("world.toml", text)?.make(Arc::new(ManualClock::new(SystemTime::UNIX_EPOCH)));
/// assert_eq!(made.roles[0].as_str(), "arn:aws:iam::111122223333:role/Deploy");
///
/// let error = WorldFile::parse("world.toml", &text.replace("'Deploy'", "7")).unwrap_err();
/// assert!(error.to_string().starts_with("world.toml, line 6, `name`: "), "{error}");
/// # Ok::<(), leapp_core::Error>(())
/// ```
pub struct WorldFile(Plan);

/// A world that a file made, and what is in it.
#[derive(Debug)]
#[non_exhaustive]
pub struct MadeWorld {
    /// The world.
    pub aws: FakeAws,
    /// Its accounts with the names that the file gives them, in the order of the file.
    pub accounts: Vec<(AccountId, Option<String>)>,
    /// Its users, in the order of the file.
    pub users: Vec<MadeUser>,
    /// Its roles, in the order of the file.
    pub roles: Vec<RoleArn>,
}

/// A user of a [`MadeWorld`] with all that is theirs.
#[derive(Debug)]
#[non_exhaustive]
pub struct MadeUser {
    /// Who it is.
    pub arn: UserArn,
    /// The user's access keys, given or made up.
    pub access_keys: Vec<AccessKey>,
    /// The user's MFA devices, with seeds given or made up.
    pub mfa_devices: Vec<MfaDevice>,
}

impl WorldFile {
    /// Reads a file's text; the file's name is for the errors.
    ///
    /// # Errors
    /// [`ErrorKind::InvalidInput`](leapp_core::ErrorKind::InvalidInput) with file, line and key, for what is not TOML,
    /// for a key that there is not, and for a value that cannot be.
    pub fn parse(file_name: &str, text: &str) -> Result<Self, Error> {
        let read = || {
            let file: shape::File = toml::from_str(text).map_err(Problem::from)?;
            Plan::new(&file)
        };
        read().map(Self).map_err(|problem| problem.into_error(file_name, text))
    }

    /// Makes the world. Made twice, it has the same keys and seeds twice.
    pub fn make(&self, clock: Arc<dyn Clock>) -> MadeWorld {
        self.0.make(clock)
    }
}

impl fmt::Debug for WorldFile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("WorldFile").finish_non_exhaustive()
    }
}
