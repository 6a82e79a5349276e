//! The users of SAML identity providers. Roles are checked before them: a response names roles.

use std::collections::BTreeSet;

use leapp_core::{RoleArn, RoleSessionName, Secret};
use toml::Spanned;

use super::password;
use super::problem::{Problem, parsed};
use super::shape::{SamlProvider as Provider, SamlUser};
use super::trusted::There;
use crate::aws::{SamlAssertionSpec, SamlProvider};

pub(super) struct SamlUserPlan {
    /// Which of the providers' identity providers knows the user.
    provider: usize,
    name: String,
    password: Secret,
    spec: SamlAssertionSpec,
}

pub(super) fn check(providers: &[Provider], there: &There<'_>) -> Result<Vec<SamlUserPlan>, Problem> {
    let (mut plans, mut seen) = (Vec::new(), BTreeSet::new());
    for (number, provider) in providers.iter().enumerate() {
        for user in &provider.users {
            // Providers of one name have one identity provider.
            if !seen.insert((provider.name.get_ref(), user.name.get_ref())) {
                return Err(Problem::at(&user.name, "the identity provider's user stands in the file twice"));
            }
            plans.push(one(user, number, provider, there)?);
        }
    }
    Ok(plans)
}

impl SamlUserPlan {
    pub(super) fn make(&self, providers: &[SamlProvider]) {
        let Self { provider, name, password, spec } = self;
        providers[*provider].add_user(name, password.clone(), spec.clone());
    }
}

fn one(
    user: &SamlUser,
    number: usize,
    provider: &Provider,
    there: &There<'_>,
) -> Result<SamlUserPlan, Problem> {
    let name = parsed(&user.name, RoleSessionName::parse)?.to_string();
    let mut spec = SamlAssertionSpec::new(&name);
    for role in &user.roles {
        spec = add_role(spec, role, provider.name.get_ref(), there)?;
    }
    Ok(SamlUserPlan { provider: number, name, password: password::check(&user.password)?, spec })
}

/// The role's account believes the identity provider through its own provider of that name.
fn add_role(
    spec: SamlAssertionSpec,
    role: &Spanned<String>,
    provider: &str,
    there: &There<'_>,
) -> Result<SamlAssertionSpec, Problem> {
    let role_arn = parsed(role, RoleArn::parse)?;
    if !there.roles.contains(&role_arn) {
        return Err(Problem::at(role, "it is not the ARN of a role in this file"));
    }
    let mut known = there.saml.iter().map(|plan| &plan.arn);
    let is_it = |arn: &&_| is_in_account(arn, provider, &role_arn);
    let found = known.find(is_it);
    let found = found
        .ok_or_else(|| Problem::at(role, format!("the role's account has no SAML provider {provider}")))?;
    Ok(spec.with_role(&role_arn, found))
}

fn is_in_account(arn: &crate::aws::SamlProviderArn, name: &str, role_arn: &RoleArn) -> bool {
    arn.name() == name && arn.account_id() == role_arn.account_id().as_str()
}
