//! Whose the key is, and what signs the calls to IAM.

use super::AccessKeyRotation;
use crate::aws::iam::Caller;
use crate::aws::sts::{Signer, unlogged};
use crate::aws::{Partition, refusal};
use crate::{AccessKey, Error, ErrorKind};

const ACTION: &str = "GetCallerIdentity";

/// Who somebody is to STS.
#[derive(Clone, Debug)]
pub(super) struct Identity {
    pub(super) account: String,
    /// Of an IAM user `AIDA..`, for as long as there is that user.
    pub(super) user_id: String,
    pub(super) arn: String,
}

/// An IAM user.
#[derive(Clone, Debug)]
pub(super) struct User {
    pub(super) identity: Identity,
    /// Without its path, as IAM's parameters have it.
    pub(super) name: String,
}

impl Identity {
    /// The ARN says nothing of it: a user that is renamed or moved has another one.
    pub(super) fn is(&self, other: &Self) -> bool {
        (&self.account, &self.user_id) == (&other.account, &other.user_id)
    }
}

impl AccessKeyRotation {
    /// The user whose key this is, and whose session credentials are those that sign, where there are some.
    pub(super) async fn user(&self, key: &AccessKey) -> Result<User, Error> {
        let user = self.user_of_key(key).await?;
        self.check_session(key, &user).await?;
        Ok(user)
    }

    /// The user whose key this is, by what this key itself proves.
    pub(super) async fn user_of_key(&self, key: &AccessKey) -> Result<User, Error> {
        let identity = self.identity(Signer::AccessKey(key)).await?;
        self.parse(identity, key)
    }

    /// The session credentials, where there are some, are this user's.
    pub(super) async fn check_session(&self, key: &AccessKey, user: &User) -> Result<(), Error> {
        let Some(set) = &self.session_credentials else { return Ok(()) };
        let refuse = |kind, what: &str| {
            let message =
                format!("the session credentials for the rotation of {} {what}", key.access_key_id());
            Err(Error::new(kind, message))
        };
        if !set.is_valid_at(self.clock.now()) {
            return refuse(ErrorKind::Expired, "have ended");
        }
        let signed_by = self.identity(Signer::Session(set)).await?;
        if !signed_by.is(&user.identity) {
            let (signed_by, arn) = (signed_by.arn, &user.identity.arn);
            return refuse(ErrorKind::InvalidInput, &format!("are those of {signed_by}, not of {arn}"));
        }
        Ok(())
    }

    /// Who STS says that it is.
    pub(super) async fn identity(&self, signer: Signer<'_>) -> Result<Identity, Error> {
        let call = self.sts.client(signer, self.clock.now()).get_caller_identity();
        let answer = unlogged(call.send()).await;
        let answer = answer.map_err(|failure| refusal::error(ACTION, &self.session, &failure))?;
        let whole = |field: Option<String>| {
            field.filter(|text| !text.is_empty() && !text.chars().any(char::is_control))
        };
        match (whole(answer.account), whole(answer.user_id), whole(answer.arn)) {
            (Some(account), Some(user_id), Some(arn)) => Ok(Identity { account, user_id, arn }),
            _ => {
                let message =
                    format!("{ACTION} for session `{}` was answered without saying who it is", self.session);
                Err(Error::new(ErrorKind::Service, message))
            }
        }
    }

    /// The signature of a call to IAM: the session's with MFA, where there is one, or the key's own.
    pub(super) fn caller<'a>(&'a self, key: &'a AccessKey) -> Caller<'a> {
        let signer = match &self.session_credentials {
            Some(set) => Signer::Session(set),
            None => Signer::AccessKey(key),
        };
        Caller { session: &self.session, signer, now: self.clock.now() }
    }

    fn parse(&self, identity: Identity, key: &AccessKey) -> Result<User, Error> {
        let (id, arn) = (key.access_key_id(), &identity.arn);
        let fields: Vec<&str> = arn.splitn(6, ':').collect();
        let ["arn", partition, "iam", _, _, resource] = fields[..] else {
            let message = format!("access key {id} is not an IAM user's, but that of {arn}");
            return Err(Error::new(ErrorKind::Unsupported, message));
        };
        let here = self.iam.partition();
        if Partition::parse(partition).is_ok_and(|there| there != here) {
            let message =
                format!("access key {id} is in partition {partition}, and the IAM to be called in {here}");
            return Err(Error::new(ErrorKind::WrongPartition, message));
        }
        let name = resource.strip_prefix("user/").and_then(|path| path.rsplit('/').next());
        match name {
            Some(name) => Ok(User { name: name.to_owned(), identity }),
            None => {
                let message = format!(
                    "access key {id} is not an IAM user's, but that of {arn}: a root user's key is not to be \
                     rotated but deleted"
                );
                Err(Error::new(ErrorKind::Unsupported, message))
            }
        }
    }
}
