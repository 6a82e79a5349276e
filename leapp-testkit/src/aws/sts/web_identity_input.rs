//! The parameters of `AssumeRoleWithWebIdentity`, each within its bounds.

use leapp_core::{RoleArn, RoleSessionName};

use super::assume_role_input::is_invalid;
use super::credentials;
use super::session_policy::SessionPolicy;
use crate::aws::checks::{Checks, PROVIDER_ID, ROLE_ARN, ROLE_SESSION_NAME, WEB_IDENTITY_TOKEN};
use crate::aws::form::Form;
use crate::aws::refusal::Refusal;

pub(super) struct WebIdentityInput<'f> {
    pub(super) role_arn: RoleArn,
    pub(super) role_session_name: RoleSessionName,
    pub(super) web_identity_token: &'f str,
    pub(super) duration: u64,
    pub(super) policy: SessionPolicy<'f>,
    pub(super) least_token_size: usize,
}

impl<'f> WebIdentityInput<'f> {
    pub(super) fn parse(form: &'f Form) -> Result<Self, Refusal> {
        let mut checks = Checks::default();
        let role_arn = checks.required(&ROLE_ARN, form.value("RoleArn"));
        let role_session_name = checks.required(&ROLE_SESSION_NAME, form.value("RoleSessionName"));
        let token = form.value("WebIdentityToken");
        let web_identity_token = checks.required_secret(&WEB_IDENTITY_TOKEN, token);
        let provider_id = checks.optional(&PROVIDER_ID, form.value("ProviderId"));
        let duration = checks.number("durationSeconds", form.value("DurationSeconds"), 900..=43_200);
        let least_token_size = credentials::least_token_size(form, &mut checks);
        let policy = SessionPolicy::parse(form, &mut checks);
        checks.finish()?;
        if provider_id.is_some() {
            let message = "ProviderId must not be specified for an OpenID Connect ID token";
            return Err(Refusal::validation_error(message));
        }
        Ok(Self {
            role_arn: RoleArn::parse(role_arn).map_err(|_| is_invalid(role_arn))?,
            role_session_name: RoleSessionName::parse(role_session_name)
                .map_err(|_| is_invalid(role_session_name))?,
            web_identity_token,
            duration: duration.unwrap_or(3600),
            policy,
            least_token_size,
        })
    }
}
