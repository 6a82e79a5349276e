//! The part of an answer that all issuing operations share.

use crate::aws::checks::Checks;
use crate::aws::form::Form;
use crate::aws::timestamp::iso8601;
use crate::aws::world::IssuedSet;
use crate::aws::xml::Xml;

/// The most that a session token may have.
const MOST_BYTES: usize = 4096;

/// The size that a request asks for its session token to have at least.
pub(super) fn least_token_size(form: &Form, checks: &mut Checks) -> usize {
    let value = form.value("MinimumSessionTokenSize");
    let size = checks.number("minimumSessionTokenSize", value, 0..=MOST_BYTES as u64);
    size.unwrap_or_default() as usize
}

/// The percentage is only there when policies or tags take space.
pub(super) fn add_packed_size(percent: usize, children: Xml) -> Xml {
    if percent > 0 { children.text("PackedPolicySize", &percent.to_string()) } else { children }
}

pub(super) fn add(set: &IssuedSet, children: Xml) -> Xml {
    let size = set.session_token.expose().len();
    let credentials = Xml::new()
        .text("AccessKeyId", set.access_key_id.as_str())
        .text("SecretAccessKey", set.secret_access_key.expose())
        .text("SessionToken", set.session_token.expose())
        .text("Expiration", &iso8601(set.expiration));
    children
        .node("Credentials", credentials)
        .text("SessionTokenSize", &size.to_string())
        .text("SessionTokenUtilization", &(size * 100).div_ceil(MOST_BYTES).to_string())
}
