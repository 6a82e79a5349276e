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
//! source_identities = ["alice", "ops-*"]    # a session has to have one of them
//! tag_keys = ["Project"]            # no session tag may have another key
//! max_session_duration = 7200       # seconds, 3600 to 43200
//!
//! [[role]]
//! account = "111122223333"
//! name = "Federated"
//! trusts = ["arn:aws:iam::111122223333:saml-provider/Corp"]
//! trusts_web_identity = [
//!     { provider = "arn:aws:iam::111122223333:oidc-provider/token.example.com", audience = "sts.amazonaws.com", subject = "repo:octo/*" },
//! ]
//!
//! [[saml_provider]]
//! account = "111122223333"
//! name = "Corp"                     # and of the identity provider behind it, whose page is /idp/Corp
//! assertion_consumer = "https://signin.aws.amazon.com/saml"
//! user = [{ name = "bob", password = "made up", roles = ["arn:aws:iam::111122223333:role/Federated"] }]
//!
//! [[oidc_provider]]
//! account = "111122223333"
//! issuer_url = "https://token.example.com"
//! audiences = ["sts.amazonaws.com"]
//!
//! [[identity_center]]
//! start_url = "https://d-1234567890.awsapps.com/start"
//! aliases = ["https://example.awsapps.com/start"]
//! region = "eu-west-1"
//! session_duration = 28800          # seconds that a person stays signed in, 900 to 7776000
//! access_token_duration = 3600      # seconds
//! polling_interval = 1              # seconds
//! portal_calls_per_second = 20
//! user = [{ name = "carol", password = "made up" }]
//! account = [{ id = "111122223333", name = "Production", email = "prod@example.com" }]
//! permission_set = [{ name = "ReadOnly", session_duration = 3600 }]
//! assignment = [{ user = "carol", account = "111122223333", permission_set = "ReadOnly" }]
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
mod assignments;
mod faults;
mod identity_centers;
mod oidc_providers;
mod password;
mod plan;
mod problem;
mod roles;
mod saml_providers;
mod saml_users;
mod shape;
mod trusted;
mod users;

use std::fmt;
use std::sync::Arc;

use leapp_core::{AccessKey, AccountId, Clock, Error, Region, RoleArn, Secret};

use super::{FakeAws, MfaDevice, OidcProvider, SamlProvider, UserArn};
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
    /// Its SAML providers, in the order of the file.
    pub saml_providers: Vec<SamlProvider>,
    /// Its OIDC providers, in the order of the file.
    pub oidc_providers: Vec<OidcProvider>,
    /// Its instances of IAM Identity Center, in the order of the file.
    pub identity_centers: Vec<MadeIdentityCenter>,
}

/// An instance of IAM Identity Center of a [`MadeWorld`].
#[derive(Debug)]
#[non_exhaustive]
pub struct MadeIdentityCenter {
    /// Its start URL.
    pub start_url: String,
    /// Its Region.
    pub region: Region,
    /// Its users and their passwords, in the order of the file.
    pub users: Vec<(String, Secret)>,
    /// Who may use what where, in the order of the file.
    pub assignments: Vec<MadeAssignment>,
    /// The roles of its assignments, by account and permission set.
    pub roles: Vec<RoleArn>,
}

/// One assignment of a [`MadeIdentityCenter`].
#[derive(Debug)]
#[non_exhaustive]
pub struct MadeAssignment {
    /// Whose it is.
    pub user: String,
    /// The account in which it is.
    pub account_id: AccountId,
    /// The permission set, which clients call the role's name.
    pub permission_set: String,
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
