//! Roles, and whom they trust.

use std::collections::BTreeSet;
use std::time::Duration;

use leapp_core::{ExternalId, RoleArn};
use toml::Spanned;

use super::accounts::Known;
use super::problem::{Problem, parsed, within};
use super::shape::Role;
use super::trusted::There;
use crate::aws::RoleSpec;

/// The ARNs of all roles: they may trust each other in any order.
pub(super) fn arns(roles: &[Role], accounts: &Known) -> Result<BTreeSet<RoleArn>, Problem> {
    let mut arns = BTreeSet::new();
    for role in roles {
        if !arns.insert(role_arn(role, accounts)?) {
            return Err(Problem::at(&role.name, "the role stands in the file twice"));
        }
    }
    Ok(arns)
}

pub(super) fn check(roles: &[Role], accounts: &Known, there: &There<'_>) -> Result<Vec<RoleSpec>, Problem> {
    roles.iter().map(|role| one(role, accounts, there)).collect()
}

fn one(role: &Role, accounts: &Known, there: &There<'_>) -> Result<RoleSpec, Problem> {
    let Role { account, name, trusts, trusts_web_identity, external_id, .. } = role;
    let Role { requires_mfa, source_identities, tag_keys, max_session_duration, .. } = role;
    let account_id = accounts.find(account)?.0;
    let mut spec = RoleSpec::new(&account_id, name.get_ref());
    for whom in trusts {
        spec = spec.with_trusted(there.find(whom, &account_id)?);
    }
    for identity in trusts_web_identity {
        spec = spec.with_trusted(there.web_identity(identity, &account_id)?);
    }
    if let Some(external_id) = external_id {
        spec = spec.with_external_id(parsed(external_id, ExternalId::parse)?);
    }
    for pattern in source_identities {
        spec = spec.with_source_identity(filled(pattern)?);
    }
    for tag_key in tag_keys {
        spec = spec.with_tag_key(filled(tag_key)?);
    }
    if let Some(seconds) = max_session_duration {
        spec = spec.with_max_session_duration(Duration::from_secs(within(seconds, 3600..=43_200)?));
    }
    Ok(if *requires_mfa { spec.requiring_mfa() } else { spec })
}

fn filled(text: &Spanned<String>) -> Result<&str, Problem> {
    let problem = || Problem::at(text, "it is empty");
    Some(text.get_ref().as_str()).filter(|text| !text.is_empty()).ok_or_else(problem)
}

fn role_arn(role: &Role, accounts: &Known) -> Result<RoleArn, Problem> {
    let (account_id, partition) = accounts.find(&role.account)?;
    parsed(&role.name, |name| RoleArn::parse(&format!("arn:{partition}:iam::{account_id}:role/{name}")))
}
