//! `GetRoleCredentials` keeps the provider's contract.

use std::time::SystemTime;

use aws_smithy_runtime_api::client::http::SharedHttpClient;
use leapp_core::aws::GetRoleCredentials;
use leapp_core::{IssueRequest, Principal, SessionId, SessionProvider, Source};
use leapp_testkit::aws::Fault;
use leapp_testkit::clock::ManualClock;
use leapp_testkit::conformance::provider::{ProviderHarness, Variant};

use crate::portal::{Portal, START_URL, sso};
use crate::scene::{now, start};
use crate::service::{SECRET_ACCESS_KEY, SESSION_TOKEN, Service};

mod from_a_login {
    leapp_testkit::provider_tests!(super::Role::new);
}

struct Role {
    portal: Portal,
    service: Service,
    provider: GetRoleCredentials,
    source: Source,
    session: SessionId,
}

impl Role {
    fn new() -> Self {
        let portal = Portal::new();
        let service = Service::over(portal.aws.http_client());
        let sso = sso(SharedHttpClient::new(service.clone()));
        let provider =
            GetRoleCredentials::new(sso, portal.session.clone(), portal.account.clone(), "ReadOnly").unwrap();
        let login = now(as_time_passes(&portal.clock, portal.login(START_URL).log_in(&portal.host())));
        let source = Source::new(login.unwrap(), Principal::Person);
        Self { portal, service, provider, source, session: SessionId::parse("role").unwrap() }
    }
}

impl ProviderHarness for Role {
    fn provider(&self) -> &dyn SessionProvider {
        &self.provider
    }

    fn request(&self) -> IssueRequest<'_> {
        IssueRequest::new(&self.session, start(), &*self.portal.vault).with_source(Some(&self.source))
    }

    /// What a person supplies is the login's matter.
    fn unanswered(&self) -> Option<IssueRequest<'_>> {
        None
    }

    fn calls(&self) -> usize {
        self.portal.aws.requests().len()
    }

    fn expire_at(&self, expiration: SystemTime) {
        self.service.expire_at(expiration);
    }

    fn fail_next(&self) {
        self.portal.aws.fail_next(Fault::ServerError, 1);
    }

    /// A role's sets are never kept.
    fn variants(&self) -> Vec<Variant<'_>> {
        Vec::new()
    }

    fn secrets(&self) -> Vec<String> {
        let access_token = self.source.grant.login().unwrap().access_token().expose();
        [access_token, SECRET_ACCESS_KEY, SESSION_TOKEN].map(str::to_owned).into()
    }
}

/// Awaits something while time goes from one sleeper's moment to the next.
pub(crate) async fn as_time_passes<F: Future>(clock: &ManualClock, future: F) -> F::Output {
    let mut future = std::pin::pin!(future);
    loop {
        let patience = std::time::Duration::from_millis(5);
        if let Ok(output) = tokio::time::timeout(patience, &mut future).await {
            return output;
        }
        clock.advance(clock.next_wake().unwrap_or_default());
    }
}
