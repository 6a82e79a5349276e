//! The parameters of `AssumeRoleWithSAML`, each within its bounds.

use leapp_core::RoleArn;

use super::session_policy::SessionPolicy;
use crate::aws::checks::{Checks, PRINCIPAL_ARN, ROLE_ARN};
use crate::aws::form::Form;
use crate::aws::refusal::Refusal;
use crate::aws::saml::SamlProviderArn;

pub(super) struct AssumeRoleWithSamlInput<'f> {
    pub(super) role_arn: RoleArn,
    pub(super) principal_arn: SamlProviderArn,
    pub(super) saml_assertion: &'f str,
    pub(super) duration: u64,
    pub(super) policy: SessionPolicy<'f>,
    pub(super) least_token_size: usize,
}

impl<'f> AssumeRoleWithSamlInput<'f> {
    pub(super) fn parse(form: &'f Form) -> Result<Self, Refusal> {
        let mut checks = Checks::default();
        let role_arn = checks.required(&ROLE_ARN, form.value("RoleArn"));
        let principal_arn = checks.required(&PRINCIPAL_ARN, form.value("PrincipalArn"));
        let saml_assertion = checks.opaque("sAMLAssertion", form.value("SAMLAssertion"), 4..=100_000);
        let duration = checks.number("durationSeconds", form.value("DurationSeconds"), 900..=43_200);
        let size = checks.number("minimumSessionTokenSize", form.value("MinimumSessionTokenSize"), 0..=4096);
        let policy = SessionPolicy::parse(form, &mut checks);
        checks.finish()?;
        Ok(Self {
            role_arn: RoleArn::parse(role_arn).map_err(|_| invalid_arn())?,
            principal_arn: SamlProviderArn::parse(principal_arn).ok_or_else(invalid_arn)?,
            saml_assertion,
            duration: duration.unwrap_or(3600),
            policy,
            least_token_size: size.unwrap_or_default() as usize,
        })
    }
}

fn invalid_arn() -> Refusal {
    Refusal::validation_error("Request ARN is invalid")
}
