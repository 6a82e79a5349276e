//! Rotation of an IAM user's long-lived access key: a new one in the vault before the old one ends.

mod ending;
mod held;
mod journal;
mod keys;
mod lost;
mod patience;
mod phase;
mod recovery;
mod report;
mod steps;
mod successor;
mod told;
mod turns;
mod user;

use std::sync::Arc;
use std::time::Duration;

pub use self::report::{AccessKeyStatus, KeyRole, LastUse, Resumed, RotatedKey, RotationStatus};
use super::{Iam, Sts};
use crate::{
    AccessKeyId, Clock, Coordinator, Error, ErrorKind, LocalCoordinator, SessionCredentials, SessionId,
    SystemClock, Vault,
};

/// Calls that were signed with the old key before the vault had the new one are answered within this time.
const GRACE: Duration = Duration::from_secs(30);

/// Replaces the access key that the vault holds for an IAM user's session, and deletes the old one at IAM.
///
/// In this order: IAM makes a new key (`CreateAccessKey`), the vault takes it beside the old one, STS accepts it as the
/// same user's, twice (`GetCallerIdentity`), IAM lists it as active (`ListAccessKeys`), the vault takes it in the old one's
/// place and gives it back. After the grace all of that is looked at again: only where the vault holds the new key, and STS
/// and IAM take it, the old one is deleted (`DeleteAccessKey`). Until then both keys are kept, secrets and all, under
/// [`VaultItem::AccessKeyRotation`](crate::VaultItem::AccessKeyRotation), and where the new one turns out dead the old one
/// is put back.
///
/// Whatever happens in between, the vault holds a key that works: an error, a future that is dropped, a process that is
/// killed. A vault that was stopped in the middle of a write may hold neither; the next [`rotate`](Self::rotate) or
/// [`resume`](Self::resume) puts it right, finds what was begun and ends it.
///
/// The session, its definition and its profile are untouched. What was obtained with the old key stays valid until it expires, as
/// AWS does not end temporary credentials with the key they came from
/// ([Disabling permissions](https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_temp_control-access_disable-perms.html));
/// the next set is signed with the new key. The set that the vault keeps for reuse is dropped, so a session with MFA asks for a
/// code when it starts next. Calls that are under way with the old key have 30 seconds
/// ([`with_grace`](Self::with_grace)) before it ends.
///
/// The old key is deleted, not made inactive: nobody could make it active again to any use, as the vault, which alone had
/// its secret, has the new one. Copies of the old key elsewhere end with it: other sessions' items in this vault, other
/// machines, a file. Rotate where no copy is needed, or hand the new key on.
///
/// `sts` should be the session's own, the same Region and endpoint: what it takes, the session's next call is signed with.
///
/// The user needs `iam:CreateAccessKey`, `iam:ListAccessKeys`, `iam:DeleteAccessKey` and `iam:GetAccessKeyLastUsed` for itself.
/// Where a policy allows these with MFA only, a session with MFA signs: [`with_session_credentials`](Self::with_session_credentials).
///
/// ```no_run
/// # async fn example(vault: std::sync::Arc<leapp_core::MemoryVault>) -> Result<(), leapp_core::Error> {
/// use leapp_core::aws::{AccessKeyRotation, Iam, Sts};
/// use leapp_core::{ErrorKind, FileCoordinator, Region, SessionId};
///
/// # #[cfg(feature = "default-https-client")] {
/// let region = Region::parse("eu-west-1")?;
/// let rotation = AccessKeyRotation::new(Iam::new(&region), Sts::new(region), SessionId::parse("alice")?, vault)
///     .with_coordinator(FileCoordinator::open("/run/user/1000/leapp")?);
/// match rotation.rotate().await {
///     Ok(rotated) => println!("{} took the place of {}", rotated.new, rotated.old),
///     // Two keys are there already: ask which one may go, then `delete_key`.
///     Err(error) if error.kind() == ErrorKind::InUse => println!("{error}"),
///     Err(error) => return Err(error),
/// }
/// # }
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug)]
pub struct AccessKeyRotation {
    iam: Iam,
    sts: Sts,
    session: SessionId,
    vault: Arc<dyn Vault>,
    clock: Arc<dyn Clock>,
    coordinator: Arc<dyn Coordinator>,
    session_credentials: Option<SessionCredentials>,
    grace: Duration,
}

impl AccessKeyRotation {
    /// For the session whose access key this vault holds.
    pub fn new(iam: Iam, sts: Sts, session: SessionId, vault: impl Vault + 'static) -> Self {
        Self {
            iam,
            sts,
            session,
            vault: Arc::new(vault),
            clock: Arc::new(SystemClock::new()),
            coordinator: Arc::new(LocalCoordinator::new()),
            session_credentials: None,
            grace: GRACE,
        }
    }

    /// Goes by another clock than the machine's.
    #[must_use]
    pub fn with_clock(self, clock: Arc<dyn Clock>) -> Self {
        Self { clock, ..self }
    }

    /// Lets all who share the vault rotate one at a time: those of one session, and those of several sessions that hold the
    /// same key. Without one, only the clones of this value wait for each other.
    #[must_use]
    pub fn with_coordinator(self, coordinator: impl Coordinator + 'static) -> Self {
        Self { coordinator: Arc::new(coordinator), ..self }
    }

    /// Signs the calls to IAM with a set of the same user's, obtained with MFA, where a policy asks for it. Take it from the
    /// started session: [`LiveCredentials::current`](crate::LiveCredentials::current). IAM takes none without MFA.
    #[must_use]
    pub fn with_session_credentials(self, set: SessionCredentials) -> Self {
        Self { session_credentials: Some(set), ..self }
    }

    /// How long the old key lives on after the vault has the new one: 30 seconds, unless this is set. With less, a session that is
    /// just being refreshed may be refused, and has to be started again.
    #[must_use]
    pub fn with_grace(self, grace: Duration) -> Self {
        Self { grace, ..self }
    }

    /// Rotates the key; or finishes the rotation that was begun and not ended, and no more than that. Who waited here for
    /// another process that did it gets that one's outcome ([`RotatedKey::is_by_another`]).
    ///
    /// It takes the grace, ten seconds, and as long as AWS needs to make the new key known: usually some ten seconds more.
    /// What AWS does not take or answer is tried again for a minute at each step, and a call may take twenty seconds.
    ///
    /// # Errors
    /// Before a new key was made nothing has changed:
    /// - [`ErrorKind::InUse`] when the user has two keys already, as many as IAM allows. The message names both, says which one
    ///   the vault holds, and when each was made and used. Nothing is deleted that is not this library's own:
    ///   [`delete_key`](Self::delete_key) does, once somebody said which;
    /// - [`ErrorKind::NotFound`] when the vault holds no key for the session, or IAM does not list it any more;
    /// - [`ErrorKind::Unsupported`] for the key of an account's root user: delete that one, and work as an IAM user. Also when
    ///   another version of this library has begun a rotation; the message says what to do;
    /// - [`ErrorKind::WrongPartition`] when the user is in another partition than IAM;
    /// - [`ErrorKind::AccessDenied`] when a policy forbids it, or the key is inactive or deleted; with a session without MFA too;
    /// - [`ErrorKind::Busy`] when this waited for another process, and the vault holds a key by now that is no rotation's.
    ///
    /// Afterwards the message says where it stands and names both keys, and the cause is beneath it. The vault holds a key
    /// that works. Call again, or [`resume`](Self::resume):
    /// - what the vault fails with; [`ErrorKind::Busy`] when somebody put another key there meanwhile, which stays, and so
    ///   does the old one;
    /// - [`ErrorKind::AccessDenied`] when AWS does not take the new key within a minute, in which case the old one is in the
    ///   vault, or a policy forbids to delete the old one;
    /// - [`ErrorKind::InUse`] when a key may be the rotation's or somebody's, or the user's last one: it is named, and
    ///   deleted by [`delete_key`](Self::delete_key) only;
    /// - [`ErrorKind::NotFound`] when somebody has deleted the new key meanwhile.
    ///
    /// At any time: [`ErrorKind::InvalidInput`] when the session credentials are another user's, [`ErrorKind::Expired`] when
    /// they have ended; [`ErrorKind::Unreachable`], [`ErrorKind::Throttled`] and [`ErrorKind::Service`].
    pub async fn rotate(&self) -> Result<RotatedKey, Error> {
        let seen = self.seen().await?;
        let _leases = self.leases().await?;
        if let Some(pending) = self.pending().await?
            && let Resumed::Finished(rotated) = self.settle(&pending).await?
        {
            return Ok(rotated);
        }
        let held = self.known(self.held().await?)?;
        match seen {
            Some(seen) if seen.key.access_key_id() != held.access_key_id() => {
                self.by_another(seen, &held).await
            }
            Some(seen) if seen.key.to_record().expose() == held.to_record().expose() => {
                self.begin(held, seen.user?).await
            }
            _ => {
                let user = self.user(&held).await?;
                self.begin(held, user).await
            }
        }
    }

    /// Ends what an earlier rotation has begun, forwards where it can, and does nothing where nothing was begun.
    ///
    /// A key that was made and whose secret nobody got to know is deleted: the only one beside the old key, made by AWS's own
    /// time within half a minute of being asked for, and never used.
    ///
    /// # Errors
    /// As [`rotate`](Self::rotate); and [`ErrorKind::Corrupt`] when what the vault holds cannot be read and nothing replaces it.
    pub async fn resume(&self) -> Result<Resumed, Error> {
        let _leases = self.leases().await?;
        match self.pending().await? {
            Some(pending) => self.settle(&pending).await,
            None => Ok(Resumed::Nothing),
        }
    }

    /// Which keys the user has, and what each one is to the vault. Changes nothing.
    ///
    /// # Errors
    /// As [`rotate`](Self::rotate) before anything has changed, but for [`ErrorKind::InUse`]; and [`ErrorKind::Corrupt`] while
    /// the vault holds what a rotation that was stopped has left: [`resume`](Self::resume) puts it right.
    pub async fn status(&self) -> Result<RotationStatus, Error> {
        let pending = match self.pending().await {
            // Whatever it was, it is told by deleting a key, and which keys there are is told here.
            Err(error) if error.kind() == ErrorKind::Unsupported => None,
            pending => pending?,
        };
        let held = match &pending {
            Some(pending) => self.whole(pending).await?,
            None => self.known(self.held().await?)?,
        };
        let user = self.user(&held).await?;
        let keys = self.described(&user, &held, pending.as_ref()).await?;
        Ok(RotationStatus { user_arn: user.identity.arn, keys, is_under_way: pending.is_some() })
    }

    /// Deletes a key of the user's that the vault does not hold, because somebody said so. What is under way and is about that
    /// key is over then; the rotation that waits for its old key to be deleted is ended as [`resume`](Self::resume) does it.
    ///
    /// # Errors
    /// [`ErrorKind::InvalidInput`] when the vault holds it; [`ErrorKind::NotFound`] when the user has no such key; else as
    /// [`rotate`](Self::rotate).
    pub async fn delete_key(&self, access_key_id: &AccessKeyId) -> Result<(), Error> {
        let _leases = self.leases().await?;
        self.delete_as_told(access_key_id).await
    }
}

fn is_not_found<T>(outcome: &Result<T, Error>) -> bool {
    outcome.as_ref().is_err_and(|error| error.kind() == ErrorKind::NotFound)
}
