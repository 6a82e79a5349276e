//! A world to be made: all that the file says, checked, so that making it cannot fail halfway.

use std::sync::Arc;

use leapp_core::Clock;

use super::accounts::{self, AccountPlan};
use super::faults::{self, FaultPlan};
use super::identity_centers::{self, IdentityCenterPlan};
use super::oidc_providers::{self, OidcPlan};
use super::problem::{Problem, within};
use super::saml_providers::{self, SamlPlan};
use super::saml_users::{self, SamlUserPlan};
use super::shape::File;
use super::users::{self, UserPlan};
use super::{MadeWorld, roles, trusted};
use crate::aws::{FakeAws, MOST_CLOCK_OFFSET, RoleSpec};

pub(super) struct Plan {
    session_token_size: Option<usize>,
    clock_offset: Option<i64>,
    accounts: Vec<AccountPlan>,
    users: Vec<UserPlan>,
    roles: Vec<RoleSpec>,
    saml_providers: Vec<SamlPlan>,
    saml_users: Vec<SamlUserPlan>,
    oidc_providers: Vec<OidcPlan>,
    identity_centers: Vec<IdentityCenterPlan>,
    faults: FaultPlan,
}

impl Plan {
    pub(super) fn new(file: &File) -> Result<Self, Problem> {
        let size = file.session_token_size.as_ref().map(|size| within(size, 64..=4096)).transpose()?;
        let offset = file.clock_offset.as_ref();
        let offset = offset.map(|offset| within(offset, -MOST_CLOCK_OFFSET..=MOST_CLOCK_OFFSET));
        let (accounts, known) = accounts::check(&file.accounts)?;
        let users = users::check(&file.users, &known)?;
        let saml_providers = saml_providers::check(&file.saml_providers, &known)?;
        let oidc_providers = oidc_providers::check(&file.oidc_providers, &known)?;
        let arns = roles::arns(&file.roles, &known)?;
        let there =
            trusted::There { users: &users, roles: &arns, saml: &saml_providers, oidc: &oidc_providers };
        let roles = roles::check(&file.roles, &known, &there)?;
        let saml_users = saml_users::check(&file.saml_providers, &there)?;
        Ok(Self {
            session_token_size: size.and_then(|size| usize::try_from(size).ok()),
            clock_offset: offset.transpose()?,
            accounts,
            users,
            roles,
            saml_providers,
            saml_users,
            oidc_providers,
            identity_centers: identity_centers::check(&file.identity_centers, &known)?,
            faults: faults::check(&file.faults, file.random_faults.as_ref())?,
        })
    }

    /// Accounts come first: the ARNs of all that is in one name its partition.
    pub(super) fn make(&self, clock: Arc<dyn Clock>) -> MadeWorld {
        let aws = FakeAws::new(clock);
        if let Some(bytes) = self.session_token_size {
            aws.set_session_token_size(bytes);
        }
        if let Some(seconds) = self.clock_offset {
            aws.set_clock_offset(seconds);
        }
        for account in &self.accounts {
            aws.add_account(&account.id, account.partition);
        }
        let users = self.users.iter().map(|user| user.make(&aws)).collect();
        let roles = self.roles.iter().map(|role| aws.add_role(role.clone())).collect();
        let saml_providers: Vec<_> = self.saml_providers.iter().map(|provider| provider.make(&aws)).collect();
        for user in &self.saml_users {
            user.make(&saml_providers);
        }
        let oidc_providers = self.oidc_providers.iter().map(|provider| provider.make(&aws)).collect();
        let identity_centers = self.identity_centers.iter().map(|center| center.make(&aws)).collect();
        self.faults.make(&aws);
        let accounts = self.accounts.iter().map(|account| (account.id.clone(), account.name.clone()));
        let accounts = accounts.collect();
        MadeWorld { aws, accounts, users, roles, saml_providers, oidc_providers, identity_centers }
    }
}
