//! What the portal offers a person: accounts, and roles in them; page by page, at the pace that the portal bears.

use std::time::Duration;

use aws_sdk_sso::Client;
use aws_smithy_runtime_api::client::orchestrator::HttpResponse;
use aws_smithy_runtime_api::client::result::SdkError;
use aws_smithy_types::error::metadata::ProvideErrorMetadata;

use super::{LoginHost, PortalLogin};
use crate::aws::refusal;
use crate::aws::sts::unlogged;
use crate::{AccountId, Coordinator, Error, ErrorKind, Login};

/// What the portal gives at most.
const PAGE: i32 = 100;
/// A list that has not ended by then does not end. An organization has some thousands of accounts.
const MOST_PAGES: usize = 1000;
/// A portal that asks for fewer calls, is out of order, or loses a connection is asked so often for one page.
const TRIES: u32 = 5;
const FIRST_WAIT: Duration = Duration::from_secs(1);

/// An account in which a person has roles.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct PortalAccount {
    /// The account.
    pub account_id: AccountId,
    /// What the organization calls it.
    pub account_name: String,
    /// The address of its owner; empty where the portal tells none.
    pub email: String,
}

/// A role, which is a permission set's name, that a person has in an account.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct AssignedRole {
    /// The account.
    pub account: PortalAccount,
    /// The role's name, as [`GetRoleCredentials`](crate::aws::GetRoleCredentials) takes it.
    pub role_name: String,
}

/// Calls with a login, which is renewed once if the portal does not accept it.
struct Caller<'a> {
    portal: &'a PortalLogin,
    host: &'a LoginHost,
    login: Login,
    is_renewed: bool,
}

impl PortalAccount {
    /// An account, as the portal would tell it.
    pub fn new(account_id: AccountId, account_name: impl Into<String>, email: impl Into<String>) -> Self {
        Self { account_id, account_name: account_name.into(), email: email.into() }
    }
}

impl AssignedRole {
    /// A role in an account.
    pub fn new(account: PortalAccount, role_name: impl Into<String>) -> Self {
        Self { account, role_name: role_name.into() }
    }
}

impl PortalLogin {
    /// Every role that the person has, account by account, in the portal's order.
    ///
    /// One call for each hundred accounts and one for each account, at most ten a second together with those of
    /// [`GetRoleCredentials`](crate::aws::GetRoleCredentials) sessions of this login that share the host's coordinator. It is all or an error, never a part: what is not in
    /// it, the person does not have.
    ///
    /// # Errors
    /// As [`accounts`](Self::accounts).
    pub async fn assigned_roles(&self, host: &LoginHost) -> Result<Vec<AssignedRole>, Error> {
        let mut caller = Caller::new(self, host).await?;
        let mut assigned = Vec::new();
        for account in caller.accounts().await? {
            let role_names = caller.role_names(&account.account_id).await?;
            assigned.extend(role_names.into_iter().map(|name| AssignedRole::new(account.clone(), name)));
        }
        Ok(assigned)
    }

    /// The accounts in which the person has a role, in the portal's order.
    ///
    /// See [ListAccounts](https://docs.aws.amazon.com/singlesignon/latest/PortalAPIReference/API_ListAccounts.html).
    ///
    /// # Errors
    /// [`ErrorKind::Expired`] when nobody is logged in and only a person can: nobody is asked here. What the portal says when it
    /// does not answer, after some tries where it asks for fewer calls; and what the vault says.
    pub async fn accounts(&self, host: &LoginHost) -> Result<Vec<PortalAccount>, Error> {
        Caller::new(self, host).await?.accounts().await
    }

    /// The names of the roles that the person has in an account.
    ///
    /// See
    /// [ListAccountRoles](https://docs.aws.amazon.com/singlesignon/latest/PortalAPIReference/API_ListAccountRoles.html).
    ///
    /// # Errors
    /// As [`accounts`](Self::accounts).
    pub async fn role_names(&self, host: &LoginHost, account_id: &AccountId) -> Result<Vec<String>, Error> {
        Caller::new(self, host).await?.role_names(account_id).await
    }

    fn nobody(&self) -> Error {
        let Self { start_url, session, .. } = self;
        let message = format!("nobody is logged in at {start_url} for session `{session}`: log in first");
        Error::new(ErrorKind::Expired, message)
    }
}

impl<'a> Caller<'a> {
    async fn new(portal: &'a PortalLogin, host: &'a LoginHost) -> Result<Self, Error> {
        let (login, _lease) = portal.current(host, None).await?;
        Ok(Self { portal, host, login: login.ok_or_else(|| portal.nobody())?, is_renewed: false })
    }

    async fn accounts(&mut self) -> Result<Vec<PortalAccount>, Error> {
        const ACTION: &str = "ListAccounts";
        let mut accounts = Vec::new();
        let mut next = Pages::new(ACTION);
        while let Some(token) = next.token() {
            let answer = self
                .call(ACTION, async |portal, access_token| {
                    let call = portal.list_accounts().access_token(access_token).max_results(PAGE);
                    unlogged(call.set_next_token(token.clone()).send()).await
                })
                .await?;
            for account in answer.account_list.unwrap_or_default() {
                let account_id = AccountId::parse(account.account_id().unwrap_or_default());
                let account_id = account_id.map_err(|source| broken(ACTION).with_source(source))?;
                accounts.push(PortalAccount {
                    account_id,
                    account_name: account.account_name.unwrap_or_default(),
                    email: account.email_address.unwrap_or_default(),
                });
            }
            next.turn(answer.next_token)?;
        }
        Ok(accounts)
    }

    async fn role_names(&mut self, account_id: &AccountId) -> Result<Vec<String>, Error> {
        const ACTION: &str = "ListAccountRoles";
        let mut names = Vec::new();
        let mut next = Pages::new(ACTION);
        while let Some(token) = next.token() {
            let answer = self
                .call(ACTION, async |portal, access_token| {
                    let call = portal.list_account_roles().access_token(access_token).max_results(PAGE);
                    let call = call.account_id(account_id.as_str()).set_next_token(token.clone());
                    unlogged(call.send()).await
                })
                .await?;
            for role in answer.role_list.unwrap_or_default() {
                names.push(role.role_name.filter(|name| !name.is_empty()).ok_or_else(|| broken(ACTION))?);
            }
            next.turn(answer.next_token)?;
        }
        Ok(names)
    }

    /// One page: in its turn, again where the portal may think better of it, and once with another login.
    async fn call<T, E: ProvideErrorMetadata>(
        &mut self,
        action: &str,
        send: impl AsyncFn(Client, &str) -> Result<T, SdkError<E, HttpResponse>>,
    ) -> Result<T, Error> {
        let (portal, clock) = (self.portal, &self.host.clock);
        let pace = portal.sso.pace(&portal.session)?;
        let mut wait = FIRST_WAIT;
        let mut tries = 0;
        loop {
            // Hosts of one login may have been given different coordinators.
            for coordinator in [&portal.shared.coordinator as &dyn Coordinator, &*self.host.coordinator] {
                let turn = coordinator.take_turn(&pace.key, clock.now(), pace.spacing).await?;
                clock.sleep(turn).await;
            }
            let client = portal.sso.portal(clock.now());
            let failure = match send(client, self.login.access_token().expose()).await {
                Ok(answer) => return Ok(answer),
                Err(failure) => refusal::error(action, &portal.session, &failure),
            };
            tries += 1;
            match failure.kind() {
                ErrorKind::Expired if !self.is_renewed => self.renew().await?,
                ErrorKind::PortalDown | ErrorKind::Service | ErrorKind::Throttled if tries < TRIES => {
                    clock.sleep(wait).await;
                    wait *= 2;
                }
                _ => return Err(failure),
            }
        }
    }

    async fn renew(&mut self) -> Result<(), Error> {
        let (login, _lease) = self.portal.current(self.host, Some(&self.login)).await?;
        self.login = login.ok_or_else(|| self.portal.nobody())?;
        self.is_renewed = true;
        Ok(())
    }
}

/// Where a list goes on.
struct Pages {
    action: &'static str,
    next: Option<Option<String>>,
    count: usize,
}

impl Pages {
    fn new(action: &'static str) -> Self {
        Self { action, next: Some(None), count: 0 }
    }

    /// What to ask for next: without a token at first, and nothing at the end.
    fn token(&self) -> Option<Option<String>> {
        self.next.clone()
    }

    fn turn(&mut self, token: Option<String>) -> Result<(), Error> {
        let token = token.filter(|token| !token.is_empty());
        self.count += 1;
        let is_same = token.is_some() && self.next.as_ref() == Some(&token);
        if is_same || (token.is_some() && self.count >= MOST_PAGES) {
            let message = format!("{} goes on for ever: page {} is not the last", self.action, self.count);
            return Err(Error::new(ErrorKind::Service, message));
        }
        self.next = token.map(Some);
        Ok(())
    }
}

fn broken(action: &str) -> Error {
    Error::new(ErrorKind::Service, format!("{action} was answered without what it should give"))
}
