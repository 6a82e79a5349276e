//! Accounts: every other thing names one.

use std::collections::BTreeMap;

use leapp_core::AccountId;
use toml::Spanned;

use super::problem::{Problem, parsed};
use super::shape::Account;
use crate::aws::account::Partition;

pub(super) struct AccountPlan {
    pub(super) id: AccountId,
    pub(super) partition: Partition,
    pub(super) name: Option<String>,
}

/// The accounts of the file, for those that are in one.
pub(super) struct Known(BTreeMap<AccountId, Partition>);

pub(super) fn check(accounts: &[Account]) -> Result<(Vec<AccountPlan>, Known), Problem> {
    let (mut plans, mut known) = (Vec::new(), BTreeMap::new());
    for account in accounts {
        let plan = one(account)?;
        if known.insert(plan.id.clone(), plan.partition).is_some() {
            return Err(Problem::at(&account.id, "the account stands in the file twice"));
        }
        plans.push(plan);
    }
    Ok((plans, Known(known)))
}

impl Known {
    /// The account that a user or a role is in.
    pub(super) fn find(&self, id: &Spanned<String>) -> Result<(AccountId, Partition), Problem> {
        let id_ = parsed(id, AccountId::parse)?;
        match self.0.get(&id_) {
            Some(partition) => Ok((id_, *partition)),
            None => Err(Problem::at(id, format!("no [[account]] has the id {id_}"))),
        }
    }
}

fn one(account: &Account) -> Result<AccountPlan, Problem> {
    let Account { id, partition, name } = account;
    Ok(AccountPlan {
        id: parsed(id, AccountId::parse)?,
        partition: partition.as_ref().map(partition_of).transpose()?.unwrap_or_default(),
        name: name.as_ref().map(checked_name).transpose()?,
    })
}

fn partition_of(name: &Spanned<String>) -> Result<Partition, Problem> {
    let problem =
        || Problem::at(name, "there is no such partition, but aws, aws-cn, aws-eusc and aws-us-gov");
    Partition::parse(name.get_ref()).ok_or_else(problem)
}

/// AWS Organizations takes 1 to 50 printable characters.
pub(super) fn checked_name(name: &Spanned<String>) -> Result<String, Problem> {
    let text = name.get_ref();
    if (1..=50).contains(&text.chars().count()) && !text.chars().any(char::is_control) {
        return Ok(text.clone());
    }
    Err(Problem::at(name, "an account's name has 1 to 50 printable characters"))
}
