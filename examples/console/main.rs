//! The console in a browser, as a role: prints the address that signs in.
//!
//! `cargo run --example console`. It stands on the fake AWS, so it needs no account and opens nothing: with a real one,
//! `Console::new(region)` asks AWS. Whoever has the address has the console, for 15 minutes: hand it to a browser.

use std::io::{self, Write};
use std::sync::Arc;

use leapp_core::aws::{AssumeRole, Console, ConsoleSignIn, GetSessionToken, Sts};
use leapp_core::{
    AccountId, Leapp, MemoryVault, Session, SessionId, SystemClock, Vault, VaultItem, VaultKey,
};
use leapp_testkit::aws::{FakeAws, RoleSpec};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    // What an IAM administrator and `aws configure` have done elsewhere.
    let aws = FakeAws::new(Arc::new(SystemClock::new()));
    let account = AccountId::parse("111122223333")?;
    let (alice, role_arn) = (aws.add_user(&account, "alice"), aws.add_role(RoleSpec::new(&account, "Ops")));
    let (vault, user, ops) = (MemoryVault::new(), SessionId::parse("alice")?, SessionId::parse("ops")?);
    let key = aws.add_access_key(&alice).to_record();
    vault.put(&VaultKey::new(user.clone(), VaultItem::AccessKey), &key).await?;

    let config = aws_types::SdkConfig::builder()
        .region(aws_types::region::Region::from_static("eu-west-1"))
        .http_client(aws.http_client())
        .build();
    let sts = Sts::from_sdk_config(&config)?;
    let leapp = Leapp::builder(vault).build()?;
    leapp.add(Session::new(user.clone(), GetSessionToken::new(sts.clone()))).await?;
    leapp.add(Session::new(ops.clone(), AssumeRole::new(sts, user, role_arn))).await?;
    leapp.start(&ops).await?;

    let page = "https://eu-west-1.console.aws.amazon.com/ec2/home?region=eu-west-1";
    let sign_in = ConsoleSignIn::new().with_destination(page)?;
    let url = Console::from_sdk_config(&config)?.sign_in_url(&leapp, &ops, &sign_in).await?;
    writeln!(io::stdout(), "{}", url.expose())?;
    leapp.shutdown().await?;
    Ok(())
}
