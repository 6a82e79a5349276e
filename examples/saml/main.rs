//! One login at a company's own sign-in page, by SAML, and two roles behind it.
//!
//! `cargo run --example saml`. It stands on the fake AWS and its identity provider. With a real one, `Sts::new(region)` asks AWS,
//! and what answers the question is `leapp_browser::SamlLogin`, a program of the company's, or a form of your own.

use std::io::{self, Write};
use std::sync::Arc;

use leapp_core::aws::{AssumeRoleWithSaml, IdentityProviderLogin, Sts};
use leapp_core::{
    AccountId, Answer, Leapp, MemoryVault, Region, SamlAssertion, Session, SessionId, Started, SystemClock,
};
use leapp_testkit::aws::{FakeAws, RoleSpec, SamlAssertionSpec};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    // What administrators have done elsewhere.
    let aws = FakeAws::new(Arc::new(SystemClock::new()));
    let account = AccountId::parse("111122223333")?;
    let provider = aws.add_saml_provider(&account, "Corp");
    let [dev, ops] = ["Dev", "Ops"]
        .map(|name| aws.add_role(RoleSpec::new(&account, name).with_trusted(provider.arn().clone())));
    let alice =
        SamlAssertionSpec::new("alice").with_role(&dev, provider.arn()).with_role(&ops, provider.arn());

    let config = aws_types::SdkConfig::builder()
        .region(aws_types::region::Region::from_static("eu-west-1"))
        .http_client(aws.http_client())
        .build();
    let (sts, corp) = (Sts::from_sdk_config(&config)?, SessionId::parse("corp")?);
    let login = IdentityProviderLogin::new(Region::parse("eu-west-1")?, "https://idp.example.com/idp/Corp");
    let leapp = Leapp::builder(MemoryVault::new()).build()?;
    leapp.add(Session::new(corp.clone(), login)).await?;
    for (name, role_arn) in [("dev", dev), ("ops", ops)] {
        let role = AssumeRoleWithSaml::from_login(sts.clone(), corp.clone()).with_role(role_arn);
        leapp.add(Session::new(SessionId::parse(name)?, role)).await?;
    }

    // The first role asks for the login; the second one takes its share of it, within five minutes.
    for name in ["dev", "ops"] {
        let session = SessionId::parse(name)?;
        while let Started::NeedsAnswer(challenge) = leapp.start(&session).await? {
            writeln!(io::stdout(), "{challenge}")?;
            let response = SamlAssertion::parse(&provider.respond(&alice))?;
            leapp.answer(&challenge.session, Answer::SamlAssertion(response)).await?;
        }
        let set = leapp.credentials(&session)?.current().await?;
        let arn = set.metadata().arn.as_deref().unwrap_or_default();
        writeln!(io::stdout(), "{session}: {arn} until {:?}", set.expiration())?;
    }
    leapp.shutdown().await?;
    Ok(())
}
