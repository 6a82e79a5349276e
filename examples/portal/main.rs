//! One login at an access portal of IAM Identity Center, and every role behind it.
//!
//! `cargo run --example portal`. It stands on the fake AWS, where a person who allows everything is at the page. With a real
//! portal, `Sso::new(region)` asks AWS, the start URL is the company's, and `show` opens a browser.

use std::io::{self, Write};
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use leapp_core::aws::{
    GetRoleCredentials, LoginFlow, LoginHost, LoginPage, LoginPrompt, LoginResponder, PortalLogin, Sso,
    StartUrl,
};
use leapp_core::{
    AccountId, Error, Leapp, MemoryVault, Region, Secret, Session, SessionId, SystemClock, Vault,
};
use leapp_testkit::aws::{FakeAws, IdentityCenterSpec};

const START_URL: &str = "https://d-1234567890.awsapps.com/start";

/// Brings a person to the page. This one belongs to the fake.
#[derive(Debug)]
struct AtThePage(FakeAws);

#[async_trait]
impl LoginPrompt for AtThePage {
    async fn show(&self, page: &LoginPage) -> Result<(), Error> {
        // A terminal would show the address as well: `page.url().expose()`.
        let _ = writeln!(io::stdout(), "{page}");
        page.user_code.as_deref().map_or(Ok(()), |user_code| self.0.approve_device(user_code, "alice"))
    }
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    // What an administrator has done elsewhere.
    let (account, region) = (AccountId::parse("111122223333")?, Region::parse("eu-west-1")?);
    let aws = FakeAws::new(Arc::new(SystemClock::new()));
    let mut instance = IdentityCenterSpec::new(START_URL, &region)
        .with_user("alice", Secret::new("made up for this program"))
        .with_account(&account, "Development", "dev@example.com");
    for role in ["Administrator", "ReadOnly"] {
        instance = instance
            .with_permission_set(role, Duration::from_secs(3600))
            .with_assignment("alice", &account, role);
    }
    aws.add_identity_center(instance);

    let config = aws_types::SdkConfig::builder()
        .region(aws_types::region::Region::from_static("eu-west-1"))
        .http_client(aws.http_client())
        .build();
    let sso = Sso::from_sdk_config(&config)?;
    // A company's own address is followed to AWS's; this one is AWS's already.
    let start_url = StartUrl::parse(START_URL)?.resolve_with(&config).await?;
    let portal = PortalLogin::new(sso.clone(), SessionId::parse("company")?, start_url.as_str())?;

    // The login and the sessions meet in one vault. `leapp_vault::open` has one that lasts.
    let vault: Arc<dyn Vault> = Arc::new(MemoryVault::new());
    let host = LoginHost::new(vault.clone(), AtThePage(aws)).with_flow(LoginFlow::DeviceCode);
    let leapp = Leapp::builder(vault)
        .with_responder(LoginResponder::new(host.clone()).with_portal(portal.clone()))
        .build()?;
    leapp.add(Session::new(portal.session().clone(), portal.clone())).await?;

    // The page is shown once: here, or by whichever session needs the login first.
    portal.log_in(&host).await?;
    for assigned in portal.assigned_roles(&host).await? {
        let session = SessionId::parse(&assigned.role_name.to_lowercase())?;
        let role = GetRoleCredentials::new(
            sso.clone(),
            portal.session().clone(),
            assigned.account.account_id.clone(),
            &assigned.role_name,
        )?;
        leapp.add(Session::new(session.clone(), role)).await?;
        leapp.start(&session).await?;
        let set = leapp.credentials(&session)?.current().await?;
        writeln!(io::stdout(), "{session}: {} until {:?}", set.access_key_id(), set.expiration())?;
    }
    leapp.shutdown().await?;
    portal.log_out(&host).await?;
    Ok(())
}
