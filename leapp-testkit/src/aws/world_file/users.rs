//! Users with their keys and MFA devices.

use std::collections::BTreeSet;

use leapp_core::{AccessKey, AccessKeyId, AccountId, Secret};
use toml::Spanned;

use super::MadeUser;
use super::accounts::Known;
use super::problem::{Problem, parsed};
use super::shape::{self, User};
use crate::aws::{FakeAws, MfaDevice, UserArn};

pub(super) struct UserPlan {
    pub(super) arn: UserArn,
    account_id: AccountId,
    name: String,
    /// None is one that is made up.
    access_keys: Vec<Option<AccessKey>>,
    /// None is one whose seed is made up.
    seeds: Vec<Option<Secret>>,
}

pub(super) fn check(users: &[User], accounts: &Known) -> Result<Vec<UserPlan>, Problem> {
    let (mut plans, mut seen, mut ids) = (Vec::new(), BTreeSet::new(), BTreeSet::new());
    for user in users {
        let plan = one(user, accounts, &mut ids)?;
        if !seen.insert(plan.arn.clone()) {
            return Err(Problem::at(&user.name, "the user stands in the file twice"));
        }
        plans.push(plan);
    }
    Ok(plans)
}

impl UserPlan {
    pub(super) fn make(&self, aws: &FakeAws) -> MadeUser {
        let arn = aws.add_user(&self.account_id, &self.name);
        let access_keys = self.access_keys.iter().map(|given| match given {
            Some(access_key) => {
                aws.add_known_access_key(&arn, access_key);
                access_key.clone()
            }
            None => aws.add_access_key(&arn),
        });
        let access_keys = access_keys.collect();
        let mfa_devices = self.seeds.iter().map(|given| match given {
            Some(seed) => aws.world().add_known_mfa_device(&arn, seed.clone()),
            None => aws.add_mfa_device(&arn),
        });
        let mfa_devices = mfa_devices.collect();
        MadeUser { arn, access_keys, mfa_devices }
    }
}

fn one(user: &User, accounts: &Known, ids: &mut BTreeSet<AccessKeyId>) -> Result<UserPlan, Problem> {
    let User { account, name, access_keys, mfa_devices } = user;
    let (account_id, partition) = accounts.find(account)?;
    let text = name.get_ref();
    // https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html
    let is_name = |c: char| c.is_ascii_alphanumeric() || "_+=,.@-".contains(c);
    if !(1..=64).contains(&text.len()) || !text.chars().all(is_name) {
        return Err(Problem::at(name, "a user's name has 1 to 64 letters, digits and `_+=,.@-`"));
    }
    let arn = UserArn::new(partition, &account_id, text);
    let access_keys = access_keys.iter().map(|key| access_key(key, name, ids)).collect::<Result<_, _>>()?;
    let seeds = mfa_devices.iter().map(|device| device.seed.as_ref().map(seed).transpose());
    Ok(UserPlan { arn, account_id, name: text.clone(), access_keys, seeds: seeds.collect::<Result<_, _>>()? })
}

fn access_key(
    key: &shape::AccessKey,
    user: &Spanned<String>,
    ids: &mut BTreeSet<AccessKeyId>,
) -> Result<Option<AccessKey>, Problem> {
    let (id, secret) = match (&key.id, &key.secret) {
        (None, None) => return Ok(None),
        (Some(id), Some(secret)) => (id, secret),
        (Some(half), None) | (None, Some(half)) => {
            let message = format!(
                "an access key of {} has an id or a secret alone: give both, or none for a key that is made up",
                user.get_ref()
            );
            return Err(Problem::at(half, message));
        }
    };
    let access_key_id = parsed(id, AccessKeyId::parse)?;
    if !ids.insert(access_key_id.clone()) {
        return Err(Problem::at(id, "the access key id stands in the file twice"));
    }
    if access_key_id.as_str().starts_with("ASIA") {
        return Err(Problem::at(id, "ids that begin with ASIA belong to temporary credentials"));
    }
    let whole = parsed(secret, |text| AccessKey::new(access_key_id, Secret::new(text)));
    whole.map(Some)
}

fn seed(seed: &Spanned<String>) -> Result<Secret, Problem> {
    let secret = Secret::new(seed.get_ref());
    if MfaDevice::is_seed(&secret) {
        return Ok(secret);
    }
    Err(Problem::at(seed, "a seed is base32 of 10 to 128 bytes"))
}
