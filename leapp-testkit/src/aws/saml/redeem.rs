//! From a response in base64 to an assertion that AWS believes.

use data_encoding::BASE64;
use roxmltree::Document;

use super::assertion::{Assertion, issuer};
use super::conditions::{check_audience, check_recipient, check_time};
use super::door;
use super::names::{ASSERTION, PROTOCOL, SUCCESS};
use super::refusals::{idp_rejected_claim, invalid_identity_token, invalid_response, unknown_provider};
use super::signature::verified_assertion;
use super::{SamlProviderArn, provider::Provider};
use crate::aws::incoming::Incoming;
use crate::aws::refusal::Refusal;
use crate::aws::world::World;

/// The most that `SAMLAssertion` may have; the door looks at what is in it.
const MOST_CHARACTERS: usize = 100_000;

/// Reads a response as a provider's, or says what AWS says of it.
pub(in crate::aws) fn redeem(
    world: &mut World,
    incoming: &Incoming<'_>,
    response: &str,
    provider_arn: &SamlProviderArn,
) -> Result<Assertion, Refusal> {
    let request_id = &incoming.request_id;
    world.checking("SAML response");
    let text = decode(response, request_id)?;
    let document = open(&text, request_id)?;
    world.checking("SAML provider");
    let provider = world.saml.providers.get(provider_arn).cloned();
    let provider = provider.ok_or_else(|| unknown_provider(request_id))?;
    if !is_issued_by(&document, &provider) {
        return Err(unknown_issuer(request_id));
    }
    believe(world, incoming, &document, (provider_arn, &provider))
}

/// Reads a response as anyone's, and tells whose providers believe it.
pub(super) fn redeem_of_any(
    world: &mut World,
    incoming: &Incoming<'_>,
    response: &str,
) -> Result<(Assertion, Vec<SamlProviderArn>), Refusal> {
    let request_id = &incoming.request_id;
    world.checking("SAML response");
    let text = decode(response, request_id)?;
    let document = open(&text, request_id)?;
    world.checking("SAML provider");
    let providers = world.saml.providers.iter().filter(|(_, provider)| is_issued_by(&document, provider));
    let mut providers: Vec<_> = providers.map(|(arn, provider)| (arn.clone(), provider.clone())).collect();
    let Some(first) = providers.first().cloned() else { return Err(unknown_issuer(request_id)) };
    // When none of them believes it, the first says why.
    providers.retain(|(_, provider)| verified_assertion(&document, &provider.keys.verifying()).is_ok());
    let (provider_arn, provider) = providers.first().unwrap_or(&first);
    let assertion = believe(world, incoming, &document, (provider_arn, provider))?;
    Ok((assertion, providers.into_iter().map(|(provider_arn, _)| provider_arn).collect()))
}

/// The assertion, when the provider's key signed it and it is for AWS and for now.
fn believe(
    world: &mut World,
    incoming: &Incoming<'_>,
    document: &Document<'_>,
    (provider_arn, provider): (&SamlProviderArn, &Provider),
) -> Result<Assertion, Refusal> {
    world.checking("SAML signature");
    let verified = verified_assertion(document, &provider.keys.verifying()).map_err(|why| {
        tracing::info!(why, "the signature of a SAML response is refused");
        invalid_identity_token("Response signature invalid")
    })?;
    let assertion = Assertion::read(verified).map_err(|why| invalid(why, &incoming.request_id))?;
    world.checking("SAML time");
    check_time(&assertion, incoming.now)?;
    world.checking("SAML audience");
    check_audience(&assertion, provider_arn.partition())?;
    world.checking("SAML recipient");
    check_recipient(&assertion, provider_arn.partition(), &world.saml)?;
    Ok(assertion)
}

/// Lines may be folded. A space is no base64: it is a `+` that somebody forgot to escape.
fn decode(response: &str, request_id: &str) -> Result<String, Refusal> {
    let is_bounded = (1..=MOST_CHARACTERS).contains(&response.len());
    let packed: String = response.chars().filter(|c| !matches!(c, '\r' | '\n')).collect();
    let bytes = BASE64.decode(packed.as_bytes()).ok().filter(|_| is_bounded);
    let text = bytes.and_then(|bytes| String::from_utf8(bytes).ok());
    text.ok_or_else(|| invalid_response("Invalid base64 SAMLResponse", request_id))
}

/// A response that says that the login succeeded, with an assertion in it.
fn open<'t>(text: &'t str, request_id: &str) -> Result<Document<'t>, Refusal> {
    let document = door::parse(text).map_err(|why| invalid(why, request_id))?;
    let response = document.root_element();
    if !response.has_tag_name((PROTOCOL, "Response")) {
        return Err(invalid("the document is not a response", request_id));
    }
    check_status(&document)?;
    if door::only_child(response, ASSERTION, "Assertion").is_none() {
        return Err(invalid("there has to be one assertion", request_id));
    }
    Ok(document)
}

/// The status stands outside of a signed assertion: it can refuse and never permit.
fn check_status(document: &Document<'_>) -> Result<(), Refusal> {
    const MOST_SHOWN: usize = 200;
    let status = door::only_child(document.root_element(), PROTOCOL, "Status");
    let code = status.and_then(|status| door::only_child(status, PROTOCOL, "StatusCode"));
    match code.and_then(|code| code.attribute("Value")) {
        Some(SUCCESS) | None => Ok(()),
        Some(other) => Err(idp_rejected_claim(&other.chars().take(MOST_SHOWN).collect::<String>())),
    }
}

/// Read before the signature is looked at, to find the key and to say the right words.
fn is_issued_by(document: &Document<'_>, provider: &Provider) -> bool {
    let response = document.root_element();
    let assertion = door::only_child(response, ASSERTION, "Assertion");
    let of_assertion = assertion.and_then(|assertion| issuer(assertion).ok());
    let of_response = door::only_child(response, ASSERTION, "Issuer").map(|issuer| door::text(issuer).ok());
    let expected = Some(provider.entity_id.as_str());
    of_assertion == expected && of_response.is_none_or(|issuer| issuer == expected)
}

fn invalid(why: &str, request_id: &str) -> Refusal {
    invalid_response(&format!("Invalid SAMLResponse: {why}"), request_id)
}

fn unknown_issuer(request_id: &str) -> Refusal {
    invalid_response("Issuer not present in specified provider", request_id)
}
