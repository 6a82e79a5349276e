//! OIDC providers. Who holds the made world signs their tokens.

use std::collections::BTreeSet;

use leapp_core::AccountId;
use toml::Spanned;

use super::accounts::Known;
use super::problem::Problem;
use super::shape;
use crate::aws::{FakeAws, OidcProvider};

pub(super) struct OidcPlan {
    pub(super) arn: String,
    pub(super) account_id: AccountId,
    pub(super) audiences: Vec<String>,
    issuer_url: String,
}

pub(super) fn check(providers: &[shape::OidcProvider], accounts: &Known) -> Result<Vec<OidcPlan>, Problem> {
    let (mut plans, mut seen) = (Vec::new(), BTreeSet::new());
    for provider in providers {
        let plan = one(provider, accounts)?;
        if !seen.insert(plan.arn.clone()) {
            return Err(Problem::at(&provider.issuer_url, "the OIDC provider stands in the file twice"));
        }
        plans.push(plan);
    }
    Ok(plans)
}

impl OidcPlan {
    pub(super) fn make(&self, aws: &FakeAws) -> OidcProvider {
        let audiences: Vec<&str> = self.audiences.iter().map(String::as_str).collect();
        aws.add_oidc_provider(&self.account_id, &self.issuer_url, &audiences)
    }
}

fn one(provider: &shape::OidcProvider, accounts: &Known) -> Result<OidcPlan, Problem> {
    let shape::OidcProvider { account, issuer_url, audiences } = provider;
    let (account_id, partition) = accounts.find(account)?;
    let issuer_url = checked_issuer(issuer_url)?;
    // https://docs.aws.amazon.com/IAM/latest/APIReference/API_CreateOpenIDConnectProvider.html
    if !(1..=100).contains(&audiences.len()) {
        return Err(Problem::at(&provider.issuer_url, "an OIDC provider has 1 to 100 audiences"));
    }
    let audiences = audiences.iter().map(checked_audience).collect::<Result<_, _>>()?;
    let arn = crate::aws::oidc::arn(partition.as_str(), &account_id, issuer_url);
    Ok(OidcPlan { arn, account_id, audiences, issuer_url: issuer_url.to_owned() })
}

/// AWS takes https alone; an issuer of this server may be at its own plain address.
fn checked_issuer(issuer_url: &Spanned<String>) -> Result<&str, Problem> {
    let text = issuer_url.get_ref();
    let rest = text.strip_prefix("https://").or_else(|| text.strip_prefix("http://")).unwrap_or_default();
    let is_plain = rest.chars().all(|c| c.is_ascii_graphic() && !"?#".contains(c));
    if text.len() <= 255 && is_plain && rest.starts_with(|c: char| c.is_ascii_alphanumeric()) {
        return Ok(text);
    }
    Err(Problem::at(issuer_url, "an issuer is an address of at most 255 characters, without a query"))
}

fn checked_audience(audience: &Spanned<String>) -> Result<String, Problem> {
    let text = audience.get_ref();
    if (1..=255).contains(&text.chars().count()) && !text.chars().any(char::is_control) {
        return Ok(text.clone());
    }
    Err(Problem::at(audience, "an audience has 1 to 255 printable characters"))
}
