//! SAML providers, each with an identity provider of the same name behind it.

use std::collections::BTreeSet;

use leapp_core::AccountId;
use toml::Spanned;

use super::accounts::Known;
use super::problem::Problem;
use super::shape;
use crate::aws::{FakeAws, SamlProvider, SamlProviderArn};

pub(super) struct SamlPlan {
    pub(super) arn: SamlProviderArn,
    pub(super) account_id: AccountId,
    name: String,
    assertion_consumer: Option<String>,
}

pub(super) fn check(providers: &[shape::SamlProvider], accounts: &Known) -> Result<Vec<SamlPlan>, Problem> {
    let (mut plans, mut seen) = (Vec::new(), BTreeSet::new());
    for provider in providers {
        let plan = one(provider, accounts)?;
        if !seen.insert(plan.arn.clone()) {
            return Err(Problem::at(&provider.name, "the SAML provider stands in the file twice"));
        }
        plans.push(plan);
    }
    Ok(plans)
}

impl SamlPlan {
    pub(super) fn make(&self, aws: &FakeAws) -> SamlProvider {
        let provider = aws.add_saml_provider(&self.account_id, &self.name);
        if let Some(address) = &self.assertion_consumer {
            provider.set_assertion_consumer(address);
        }
        provider
    }
}

fn one(provider: &shape::SamlProvider, accounts: &Known) -> Result<SamlPlan, Problem> {
    let shape::SamlProvider { account, name, assertion_consumer, users: _ } = provider;
    let (account_id, partition) = accounts.find(account)?;
    let text = name.get_ref();
    // https://docs.aws.amazon.com/IAM/latest/APIReference/API_CreateSAMLProvider.html
    let is_name = |c: char| c.is_ascii_alphanumeric() || "._-".contains(c);
    if !(1..=128).contains(&text.len()) || !text.chars().all(is_name) {
        return Err(Problem::at(name, "a SAML provider's name has 1 to 128 letters, digits and `._-`"));
    }
    let arn = SamlProviderArn::parse(&format!("arn:{partition}:iam::{account_id}:saml-provider/{text}"));
    let arn = arn.ok_or_else(|| Problem::at(name, "it is not the name of a SAML provider"))?;
    let assertion_consumer = assertion_consumer.as_ref().map(checked_address).transpose()?;
    Ok(SamlPlan { arn, account_id, name: text.clone(), assertion_consumer })
}

fn checked_address(address: &Spanned<String>) -> Result<String, Problem> {
    let text = address.get_ref();
    let rest = text.strip_prefix("https://").or_else(|| text.strip_prefix("http://")).unwrap_or_default();
    let is_address = rest.starts_with(|c: char| c.is_ascii_alphanumeric() || c == '[')
        && rest.chars().all(|c| c.is_ascii_graphic());
    if is_address { Ok(text.clone()) } else { Err(Problem::at(address, "it is not an address of the web")) }
}
