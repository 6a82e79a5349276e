//! Roles, and whom they trust.

use std::collections::BTreeSet;
use std::time::Duration;

use leapp_core::{AccountId, ExternalId, RoleArn};
use toml::Spanned;

use super::accounts::Known;
use super::problem::{Problem, parsed, within};
use super::shape::Role;
use super::users::UserPlan;
use crate::aws::{RoleSpec, Trusted};

pub(super) fn check(roles: &[Role], accounts: &Known, users: &[UserPlan]) -> Result<Vec<RoleSpec>, Problem> {
    let mut arns = BTreeSet::new();
    for role in roles {
        if !arns.insert(role_arn(role, accounts)?) {
            return Err(Problem::at(&role.name, "the role stands in the file twice"));
        }
    }
    roles.iter().map(|role| one(role, accounts, users, &arns)).collect()
}

/// All names are known by now: roles may trust each other in any order.
fn one(
    role: &Role,
    accounts: &Known,
    users: &[UserPlan],
    arns: &BTreeSet<RoleArn>,
) -> Result<RoleSpec, Problem> {
    let Role { account, name, trusts, external_id, requires_mfa, max_session_duration } = role;
    let mut spec = RoleSpec::new(&accounts.find(account)?.0, name.get_ref());
    for whom in trusts {
        spec = spec.with_trusted(trusted(whom, users, arns)?);
    }
    if let Some(external_id) = external_id {
        spec = spec.with_external_id(parsed(external_id, ExternalId::parse)?);
    }
    if let Some(seconds) = max_session_duration {
        spec = spec.with_max_session_duration(Duration::from_secs(within(seconds, 3600..=43_200)?));
    }
    Ok(if *requires_mfa { spec.requiring_mfa() } else { spec })
}

fn role_arn(role: &Role, accounts: &Known) -> Result<RoleArn, Problem> {
    let (account_id, partition) = accounts.find(&role.account)?;
    parsed(&role.name, |name| RoleArn::parse(&format!("arn:{partition}:iam::{account_id}:role/{name}")))
}

/// An account may be anybody's. A user or a role has to be there, as AWS demands of a trust policy.
fn trusted(whom: &Spanned<String>, users: &[UserPlan], arns: &BTreeSet<RoleArn>) -> Result<Trusted, Problem> {
    let text = whom.get_ref().as_str();
    let account = text.strip_suffix(":root").and_then(|arn| arn.rsplit(':').next()).unwrap_or(text);
    if let Ok(account_id) = AccountId::parse(account) {
        return Ok(account_id.into());
    }
    if let Some(role_arn) = arns.get(text) {
        return Ok(role_arn.clone().into());
    }
    match users.iter().find(|user| user.arn.as_str() == text) {
        Some(user) => Ok(user.arn.clone().into()),
        None => {
            Err(Problem::at(whom, "it is neither an account nor the ARN of a user or a role in this file"))
        }
    }
}
