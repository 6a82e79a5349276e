//! Who may use which permission set in which account.

use std::collections::BTreeSet;
use std::time::Duration;

use leapp_core::AccountId;
use toml::Spanned;

use super::MadeAssignment;
use super::accounts::{Known, checked_name};
use super::problem::{Problem, parsed, within};
use super::shape::{IdentityCenter, MemberAccount, PermissionSet};
use crate::aws::IdentityCenterSpec;
use crate::aws::account::Partition;

pub(super) struct Plan {
    user: String,
    account_id: AccountId,
    permission_set: String,
}

impl Plan {
    pub(super) fn made(&self) -> MadeAssignment {
        let Self { user, account_id, permission_set } = self;
        MadeAssignment {
            user: user.clone(),
            account_id: account_id.clone(),
            permission_set: permission_set.clone(),
        }
    }
}

/// Accounts and permission sets first: assignments name them.
pub(super) fn check(
    center: &IdentityCenter,
    mut spec: IdentityCenterSpec,
    known: &Known,
    partition: Partition,
) -> Result<(IdentityCenterSpec, Vec<Plan>), Problem> {
    let (mut account_ids, mut names, mut seen) = (BTreeSet::new(), BTreeSet::new(), BTreeSet::new());
    for MemberAccount { id, name, email } in &center.accounts {
        let (account_id, its) = known.find(id)?;
        if its != partition {
            return Err(Problem::at(id, "the account is in another partition than the instance's Region"));
        }
        spec = spec.with_account(&account_id, &checked_name(name)?, checked_email(email)?);
        if !account_ids.insert(account_id) {
            return Err(Problem::at(id, "the instance's account stands in the file twice"));
        }
    }
    for PermissionSet { name, session_duration } in &center.permission_sets {
        let seconds = session_duration.as_ref().map(|seconds| within(seconds, 3600..=43_200)).transpose()?;
        spec = spec.with_permission_set(checked_set(name)?, Duration::from_secs(seconds.unwrap_or(3600)));
        if !names.insert(name.get_ref()) {
            return Err(Problem::at(name, "the permission set stands in the file twice"));
        }
    }
    let mut plans = Vec::new();
    for one in &center.assignments {
        let account_id = parsed(&one.account, AccountId::parse)?;
        let (user, set) = (one.user.get_ref(), one.permission_set.get_ref());
        let is_user = center.users.iter().any(|person| person.name.get_ref() == user);
        there(is_user, &one.user, "the instance has no user of that name")?;
        there(account_ids.contains(&account_id), &one.account, "the instance has no such account")?;
        there(names.contains(set), &one.permission_set, "the instance has no permission set of that name")?;
        let is_new = seen.insert((user, account_id.clone(), set));
        there(is_new, &one.permission_set, "the assignment stands in the file twice")?;
        spec = spec.with_assignment(user, &account_id, set);
        plans.push(Plan { user: user.clone(), account_id, permission_set: set.clone() });
    }
    Ok((spec, plans))
}

fn there(is_so: bool, value: &Spanned<String>, message: &str) -> Result<(), Problem> {
    if is_so { Ok(()) } else { Err(Problem::at(value, message)) }
}

/// <https://docs.aws.amazon.com/singlesignon/latest/APIReference/API_CreatePermissionSet.html>
fn checked_set(name: &Spanned<String>) -> Result<&str, Problem> {
    let text = name.get_ref();
    let is_allowed = |c: char| c.is_ascii_alphanumeric() || "_+=,.@-".contains(c);
    let is_name = (1..=32).contains(&text.len()) && text.chars().all(is_allowed);
    there(is_name, name, "a permission set's name has 1 to 32 letters, digits and `_+=,.@-`")?;
    Ok(text)
}

/// <https://docs.aws.amazon.com/organizations/latest/APIReference/API_CreateAccount.html>
fn checked_email(email: &Spanned<String>) -> Result<&str, Problem> {
    let text = email.get_ref();
    let is_email = (6..=64).contains(&text.len())
        && text.chars().all(|c| c.is_ascii_graphic())
        && text.split_once('@').is_some_and(|(name, host)| !name.is_empty() && host.contains('.'));
    there(is_email, email, "an e-mail address has 6 to 64 characters, as dev@example.com")?;
    Ok(text)
}
