//! An instance that exists: what it was made with, and the roles it made in the accounts.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use leapp_core::{AccountId, RoleArn, RoleSessionName, Secret};
use subtle::ConstantTimeEq;

use super::spec::{AccountEntry, Assignment, normal};
use super::{IdentityCenter, IdentityCenterSpec};
use crate::aws::FakeAws;
use crate::aws::role::{RoleSpec, Trusted};
use crate::aws::world::World;

const HEX: &[u8] = b"0123456789abcdef";
const HOUR: u64 = 3600;

pub(super) struct Instance {
    pub(super) spec: IdentityCenterSpec,
    roles: BTreeMap<(AccountId, String), RoleArn>,
}

impl FakeAws {
    /// Sets up an instance of IAM Identity Center, and the roles of its assignments.
    ///
    /// Each assigned permission set becomes a role of the account, `AWSReservedSSO_` with its name and sixteen digits. Only
    /// the portal gives it out: nobody can assume it. Returns the roles, by account and permission set.
    ///
    /// ```
    /// # use std::{sync::Arc, time::{Duration, SystemTime}};
    /// use leapp_core::{AccountId, Region, Secret};
    /// use leapp_testkit::aws::IdentityCenterSpec;
    /// # use leapp_testkit::{aws::FakeAws, clock::ManualClock};
    ///
    /// # let aws = FakeAws::new(Arc::new(ManualClock::new(SystemTime::UNIX_EPOCH)));
    /// let account = AccountId::parse("111122223333")?;
    /// let spec = IdentityCenterSpec::new("https://d-1234567890.awsapps.com/start", &Region::parse("eu-west-1")?)
    ///     .with_user("alice", Secret::new("made up for a test"))
    ///     .with_account(&account, "Development", "dev@example.com")
    ///     .with_permission_set("Admin", Duration::from_secs(3600))
    ///     .with_assignment("alice", &account, "Admin");
    ///
    /// let roles = aws.add_identity_center(spec);
    ///
    /// assert!(roles[0].role_name().starts_with("AWSReservedSSO_Admin_"));
    /// // A client that waits with a device code is let in by `aws.approve_device(user_code, "alice")`.
    /// # Ok::<(), leapp_core::Error>(())
    /// ```
    ///
    /// # Panics
    /// When an assignment names what the instance does not have, a permission set lasts less than one hour or more than
    /// twelve, a person stays signed in for more than ninety days, or a name is not one that AWS allows.
    pub fn add_identity_center(&self, spec: IdentityCenterSpec) -> Vec<RoleArn> {
        let world = &mut *self.world();
        spec.check();
        let roles = provision(world, &spec);
        let made = roles.values().cloned().collect();
        world.identity_center.instances.push(Instance { spec, roles });
        made
    }

    /// Takes an assignment away. What it obtained stays valid, as in AWS.
    pub fn remove_assignment(
        &self,
        start_url: &str,
        user_name: &str,
        account_id: &AccountId,
        permission_set: &str,
    ) {
        let gone = Assignment {
            user: user_name.to_owned(),
            account_id: account_id.clone(),
            permission_set: permission_set.to_owned(),
        };
        let world = &mut *self.world();
        if let Some(number) = world.identity_center.instance_number(start_url) {
            world.identity_center.instances[number].spec.assignments.remove(&gone);
        }
    }
}

impl IdentityCenterSpec {
    fn check(&self) {
        let Self { users, accounts, permission_sets, assignments, session_duration, .. } = self;
        let is_allowed = *session_duration <= Duration::from_secs(90 * 24 * HOUR);
        assert!(is_allowed, "a person stays signed in for {session_duration:?}, more than ninety days");
        for user in users.keys() {
            assert!(RoleSessionName::parse(user).is_ok(), "{user:?} cannot be a role session name");
        }
        for (name, duration) in permission_sets {
            assert!(name.len() <= 32, "{name:?} is longer than a permission set's name may be");
            let is_allowed = (HOUR..=12 * HOUR).contains(&duration.as_secs());
            assert!(is_allowed, "{name:?} lasts {duration:?}, not one to twelve hours");
        }
        for Assignment { user, account_id, permission_set } in assignments {
            assert!(users.contains_key(user), "an assignment for {user:?}, who is no user");
            assert!(accounts.contains_key(account_id), "an assignment in {account_id}, which is no account");
            let is_known = permission_sets.contains_key(permission_set);
            assert!(is_known, "an assignment of {permission_set:?}, which is no permission set");
        }
    }
}

/// One role for each permission set that is used in an account, whoever uses it.
fn provision(world: &mut World, spec: &IdentityCenterSpec) -> BTreeMap<(AccountId, String), RoleArn> {
    let used: BTreeSet<_> =
        spec.assignments.iter().map(|one| (one.account_id.clone(), one.permission_set.clone())).collect();
    used.into_iter().map(|used| (used.clone(), add_role(world, spec, &used.0, &used.1))).collect()
}

fn add_role(world: &mut World, spec: &IdentityCenterSpec, account_id: &AccountId, set: &str) -> RoleArn {
    let region = spec.region.as_str();
    // https://docs.aws.amazon.com/singlesignon/latest/userguide/referencingpermissionsets.html
    let path = match region {
        "us-east-1" => "aws-reserved/sso.amazonaws.com".to_owned(),
        region => format!("aws-reserved/sso.amazonaws.com/{region}"),
    };
    let name = format!("{path}/AWSReservedSSO_{set}_{}", world.mint.text(HEX, 16));
    let role = RoleSpec::new(account_id, &name)
        .with_trusted(only_identity_center(world, account_id))
        .with_max_session_duration(spec.permission_sets.get(set).copied().unwrap_or_default());
    world.add_role(role)
}

/// Nobody holds a session of the service's own role.
fn only_identity_center(world: &World, account_id: &AccountId) -> Trusted {
    Trusted::Role(
        RoleSpec::new(account_id, "aws-service-role/sso.amazonaws.com/AWSServiceRoleForSSO")
            .role_arn(world.accounts.partition(account_id)),
    )
}

impl Instance {
    pub(super) fn has_start_url(&self, start_url: &str) -> bool {
        self.spec.start_urls.contains(&normal(start_url))
    }

    pub(super) fn has_user(&self, user: &str) -> bool {
        self.spec.users.contains_key(user)
    }

    pub(super) fn has_password(&self, user: &str, password: &str) -> bool {
        let known = self.spec.users.get(user).map(Secret::expose).unwrap_or_default();
        let is_equal = bool::from(known.as_bytes().ct_eq(password.as_bytes()));
        self.has_user(user) && is_equal
    }

    /// The accounts in which a person has something, in the order of their numbers.
    pub(super) fn accounts_of(&self, user: &str) -> Vec<(&AccountId, &AccountEntry)> {
        let is_theirs = |account_id: &AccountId| !self.permission_sets_of(user, account_id).is_empty();
        self.spec.accounts.iter().filter(|(account_id, _)| is_theirs(account_id)).collect()
    }

    pub(super) fn permission_sets_of(&self, user: &str, account_id: &AccountId) -> Vec<&str> {
        let is_theirs = |one: &&Assignment| one.user == user && one.account_id == *account_id;
        self.spec.assignments.iter().filter(is_theirs).map(|one| one.permission_set.as_str()).collect()
    }

    /// The role behind an assignment, and how long its sessions last.
    pub(super) fn role(
        &self,
        user: &str,
        account_id: &AccountId,
        permission_set: &str,
    ) -> Option<(&RoleArn, Duration)> {
        let is_assigned = self.permission_sets_of(user, account_id).contains(&permission_set);
        let role = self.roles.get(&(account_id.clone(), permission_set.to_owned()))?;
        let duration = self.spec.permission_sets.get(permission_set)?;
        is_assigned.then_some((role, *duration))
    }
}

impl IdentityCenter {
    pub(super) fn instance_number(&self, start_url: &str) -> Option<usize> {
        self.instances.iter().position(|instance| instance.has_start_url(start_url))
    }
}
