//! Temporary credentials as text for another program.
//!
//! `cargo run --example export -- FORMAT`, where FORMAT is posix, fish, powershell, cmd, dotenv, credential-process or json.
//!
//! It stands on the fake AWS, so it needs no account: with a real one, the access key comes from a keychain
//! (`leapp_vault`) and `Sts::new(region)` calls AWS.

use std::io::{self, Write};
use std::sync::Arc;

use leapp_core::aws::{GetSessionToken, Sts};
use leapp_core::{
    AccountId, ExportFormat, Leapp, MemoryVault, Session, SessionId, SystemClock, Vault, VaultItem, VaultKey,
};
use leapp_testkit::aws::FakeAws;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let format = ExportFormat::parse(&std::env::args().nth(1).unwrap_or_else(|| "posix".to_owned()))?;

    // What an IAM administrator and `aws configure` have done elsewhere.
    let aws = FakeAws::new(Arc::new(SystemClock::new()));
    let alice = aws.add_user(&AccountId::parse("111122223333")?, "alice");
    let (vault, session) = (MemoryVault::new(), SessionId::parse("alice")?);
    let key = aws.add_access_key(&alice).to_record();
    vault.put(&VaultKey::new(session.clone(), VaultItem::AccessKey), &key).await?;

    let config = aws_types::SdkConfig::builder()
        .region(aws_types::region::Region::from_static("eu-west-1"))
        .http_client(aws.http_client())
        .build();
    let leapp = Leapp::builder(vault).build()?;
    leapp.add(Session::new(session.clone(), GetSessionToken::new(Sts::from_sdk_config(&config)?))).await?;
    leapp.start(&session).await?;

    let text = leapp.credentials(&session)?.current().await?.export(format)?;
    io::stdout().write_all(text.expose().as_bytes())?;
    leapp.shutdown().await?;
    Ok(())
}
