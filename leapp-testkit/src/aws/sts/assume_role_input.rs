//! The parameters of `AssumeRole`, each within its bounds.

use leapp_core::{ExternalId, RoleArn, RoleSessionName, SourceIdentity};

use super::Signed;
use super::credentials;
use super::mfa::MfaInput;
use super::session_policy::SessionPolicy;
use super::session_tags::SessionTags;
use crate::aws::checks::{Checks, EXTERNAL_ID, ROLE_ARN, ROLE_SESSION_NAME, SOURCE_IDENTITY};
use crate::aws::refusal::Refusal;

pub(super) struct AssumeRoleInput<'f> {
    pub(super) role_arn: RoleArn,
    pub(super) role_session_name: RoleSessionName,
    pub(super) duration: u64,
    pub(super) external_id: Option<ExternalId>,
    pub(super) source_identity: Option<SourceIdentity>,
    pub(super) mfa: MfaInput<'f>,
    pub(super) policy: SessionPolicy<'f>,
    pub(super) tags: SessionTags<'f>,
    pub(super) least_token_size: usize,
}

impl<'f> AssumeRoleInput<'f> {
    pub(super) fn parse(signed: &Signed<'f>) -> Result<Self, Refusal> {
        let (form, mut checks) = (signed.form, Checks::default());
        let role_arn = checks.required(&ROLE_ARN, form.value("RoleArn"));
        let role_session_name = checks.required(&ROLE_SESSION_NAME, form.value("RoleSessionName"));
        let duration = checks.number("durationSeconds", form.value("DurationSeconds"), 900..=43_200);
        let external_id = checks.optional(&EXTERNAL_ID, form.value("ExternalId"));
        let source_identity = checks.optional(&SOURCE_IDENTITY, form.value("SourceIdentity"));
        let least_token_size = credentials::least_token_size(form, &mut checks);
        let mfa = MfaInput::parse(signed, &mut checks);
        let policy = SessionPolicy::parse(form, &mut checks);
        let tags = SessionTags::parse(form, &mut checks);
        checks.finish()?;
        Ok(Self {
            role_arn: RoleArn::parse(role_arn).map_err(|_| is_invalid(role_arn))?,
            role_session_name: RoleSessionName::parse(role_session_name)
                .map_err(|_| is_invalid(role_session_name))?,
            duration: duration.unwrap_or(3600),
            external_id: optional(external_id, ExternalId::parse)?,
            source_identity: optional(source_identity, SourceIdentity::parse)?,
            mfa,
            policy,
            tags,
            least_token_size,
        })
    }
}

pub(super) fn optional<T>(
    text: Option<&str>,
    parse: fn(&str) -> Result<T, leapp_core::Error>,
) -> Result<Option<T>, Refusal> {
    text.map(|text| parse(text).map_err(|_| is_invalid(text))).transpose()
}

pub(super) fn is_invalid(text: &str) -> Refusal {
    Refusal::validation_error(format!("{text} is invalid"))
}
