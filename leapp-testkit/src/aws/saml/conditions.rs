//! When, for whom and where an assertion may be redeemed.

use std::time::{Duration, SystemTime};

use super::Saml;
use super::assertion::Assertion;
use super::endpoints::{is_audience, is_recipient};
use super::refusals::{invalid_identity_token, redeemed_too_late, response_expired};
use crate::aws::account::Partition;
use crate::aws::refusal::Refusal;

/// However long the identity provider wants a response to live.
const REDEEMABLE: Duration = Duration::from_secs(5 * 60);

/// AWS's own limit comes first: of a response that is past both, AWS says that it was redeemed too late.
pub(super) fn check_time(assertion: &Assertion, now: SystemTime) -> Result<(), Refusal> {
    if now.duration_since(assertion.issue_instant).is_ok_and(|age| age > REDEEMABLE) {
        return Err(redeemed_too_late());
    }
    if assertion.not_on_or_after.iter().any(|end| now >= *end) {
        return Err(response_expired());
    }
    if assertion.not_before.is_some_and(|start| now < start) {
        return Err(invalid_identity_token("Response is not yet valid"));
    }
    Ok(())
}

pub(super) fn check_audience(assertion: &Assertion, partition: Partition) -> Result<(), Refusal> {
    if assertion.audiences.iter().any(|audience| is_audience(audience, partition)) {
        Ok(())
    } else {
        Err(invalid_identity_token("Response does not contain the required audience."))
    }
}

/// The recipient is what `SAML:aud` stands for in a trust policy.
pub(super) fn check_recipient(
    assertion: &Assertion,
    partition: Partition,
    saml: &Saml,
) -> Result<(), Refusal> {
    let recipient = &assertion.recipient;
    if is_recipient(recipient, partition) || saml.sign_in_addresses.contains(recipient) {
        Ok(())
    } else {
        Err(invalid_identity_token("Response does not contain the required recipient."))
    }
}
