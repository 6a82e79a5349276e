//! Addresses signed in advance: the authorization stands in the query.
//!
//! Kubernetes on AWS knows its users by a `GetCallerIdentity` that is signed this way.

use super::authorization::{Authorization, Place, scope_fields};
use crate::aws::form::Form;
use crate::aws::refusal::Refusal;

pub(super) const SECURITY_TOKEN: &str = "X-Amz-Security-Token";
pub(super) const SIGNATURE: &str = "X-Amz-Signature";
const ALGORITHM: &str = "AWS4-HMAC-SHA256";
/// Seven days, as [the documents](https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-authentication-methods.html) say.
const LONGEST: u64 = 7 * 24 * 3600;

/// The authorization in a query, if there is one.
pub(super) fn parse(form: &Form) -> Option<Result<Authorization<'_>, Refusal>> {
    form.value("X-Amz-Algorithm").map(|algorithm| read(form, algorithm))
}

fn read<'a>(form: &'a Form, algorithm: &str) -> Result<Authorization<'a>, Refusal> {
    if algorithm != ALGORITHM {
        return Err(Refusal::incomplete_signature("Unsupported AWS 'algorithm'."));
    }
    let parameter = |name: &str| {
        form.value(name).ok_or_else(|| {
            Refusal::incomplete_signature(format!("AWS query-string parameters must include '{name}'."))
        })
    };
    let [access_key_id, date, region, service, terminator] = scope_fields(parameter("X-Amz-Credential")?)?;
    // It has to be there and well-formed, and then nobody asks for it.
    let is_duration = |text: &str| text.parse().is_ok_and(|seconds: u64| seconds <= LONGEST);
    if !is_duration(parameter("X-Amz-Expires")?) {
        let message = "X-Amz-Expires must be a number of seconds up to a week.";
        return Err(Refusal::incomplete_signature(message));
    }
    Ok(Authorization {
        access_key_id,
        region,
        service,
        signed_headers: parameter("X-Amz-SignedHeaders")?,
        signature: parameter(SIGNATURE)?,
        amz_date: parameter("X-Amz-Date")?.into(),
        session_token: form.value(SECURITY_TOKEN),
        date,
        terminator,
        place: Place::Query,
    })
}
