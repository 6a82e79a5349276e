//! What a verified assertion says.

use std::time::SystemTime;

use aws_smithy_types::DateTime;
use aws_smithy_types::date_time::Format;
use roxmltree::Node;

use super::door::{children, only_child, text};
use super::names::{ASSERTION, AWS_ATTRIBUTE, BEARER};

/// The content of an assertion.
#[derive(Debug)]
pub(in crate::aws) struct Assertion {
    pub(in crate::aws) issuer: String,
    pub(in crate::aws) name_id: String,
    pub(in crate::aws) name_id_format: Option<String>,
    pub(in crate::aws) recipient: String,
    pub(super) audiences: Vec<String>,
    pub(super) issue_instant: SystemTime,
    pub(super) not_before: Option<SystemTime>,
    /// Of the conditions, and of the subject's confirmation.
    pub(super) not_on_or_after: Vec<SystemTime>,
    pub(in crate::aws) session_not_on_or_after: Option<SystemTime>,
    attributes: Vec<(String, Vec<String>)>,
}

impl Assertion {
    pub(super) fn read(assertion: Node<'_, '_>) -> Result<Self, &'static str> {
        if assertion.attribute("Version") != Some("2.0") {
            return Err("the assertion is not one of SAML 2.0");
        }
        let subject = child(assertion, "Subject", "there has to be one subject")?;
        let name_id = child(subject, "NameID", "there has to be one name id")?;
        let confirmation =
            child(subject, "SubjectConfirmation", "there has to be one confirmation of the subject")?;
        if confirmation.attribute("Method") != Some(BEARER) {
            return Err("the subject has to be confirmed as its bearer");
        }
        let confirmation =
            child(confirmation, "SubjectConfirmationData", "the confirmation of the subject lacks its data")?;
        let conditions = child(assertion, "Conditions", "there have to be conditions")?;
        let recipient = confirmation.attribute("Recipient").ok_or("the confirmation lacks its recipient")?;
        let confirmed_until = time(confirmation, "NotOnOrAfter")?.ok_or("the confirmation lacks its end")?;
        let mut not_on_or_after = vec![confirmed_until];
        not_on_or_after.extend(time(conditions, "NotOnOrAfter")?);
        Ok(Self {
            issuer: issuer(assertion)?.to_owned(),
            name_id: text(name_id)?.to_owned(),
            name_id_format: name_id.attribute("Format").map(str::to_owned),
            recipient: recipient.to_owned(),
            audiences: audiences(conditions)?,
            issue_instant: time(assertion, "IssueInstant")?.ok_or("the time of issuance is missing")?,
            not_before: time(conditions, "NotBefore")?,
            not_on_or_after,
            session_not_on_or_after: session_end(assertion)?,
            attributes: attributes(assertion)?,
        })
    }

    /// The values of one of AWS's attributes.
    pub(in crate::aws) fn values(&self, name: &str) -> impl Iterator<Item = &str> {
        let is_it =
            move |(known, _): &&(String, Vec<String>)| known.strip_prefix(AWS_ATTRIBUTE) == Some(name);
        self.attributes.iter().filter(is_it).flat_map(|(_, values)| values.iter().map(String::as_str))
    }

    /// Keys and values of the session tags.
    pub(in crate::aws) fn principal_tags(&self) -> Vec<(&str, &str)> {
        const PRINCIPAL_TAG: &str = "PrincipalTag:";
        let key = |name: &'_ str| -> Option<usize> {
            name.strip_prefix(AWS_ATTRIBUTE)?.strip_prefix(PRINCIPAL_TAG).map(str::len)
        };
        let tags = self.attributes.iter().filter_map(|(name, values)| {
            let length = key(name)?;
            Some(values.iter().map(move |value| (&name[name.len() - length..], value.as_str())))
        });
        tags.flatten().collect()
    }

    /// The pairs of role and provider: the two ARNs stand in either order.
    pub(in crate::aws) fn roles(&self) -> impl Iterator<Item = (&str, &str)> {
        self.values("Role").filter_map(|value| {
            let (one, other) = value.split_once(',')?;
            let (one, other) = (one.trim(), other.trim());
            Some(if is_provider(one) { (other, one) } else { (one, other) })
        })
    }
}

/// The issuer of an assertion or a response.
pub(super) fn issuer<'a>(parent: Node<'a, '_>) -> Result<&'a str, &'static str> {
    text(child(parent, "Issuer", "there has to be one issuer")?)
}

fn is_provider(arn: &str) -> bool {
    arn.split(':').nth(5).is_some_and(|resource| resource.starts_with("saml-provider/"))
}

fn child<'a, 'i: 'a>(
    parent: Node<'a, 'i>,
    name: &'static str,
    missing: &'static str,
) -> Result<Node<'a, 'i>, &'static str> {
    only_child(parent, ASSERTION, name).ok_or(missing)
}

/// All the audiences of the one restriction. Several restrictions would have to hold together; nobody writes them.
fn audiences(conditions: Node<'_, '_>) -> Result<Vec<String>, &'static str> {
    let mut restrictions = children(conditions, ASSERTION, "AudienceRestriction");
    let Some(restriction) = restrictions.next() else { return Ok(Vec::new()) };
    if restrictions.next().is_some() {
        return Err("there may be one restriction of the audience");
    }
    children(restriction, ASSERTION, "Audience").map(|audience| Ok(text(audience)?.to_owned())).collect()
}

/// The earliest end that a statement sets.
fn session_end(assertion: Node<'_, '_>) -> Result<Option<SystemTime>, &'static str> {
    let mut ends = Vec::new();
    for statement in children(assertion, ASSERTION, "AuthnStatement") {
        ends.extend(time(statement, "SessionNotOnOrAfter")?);
    }
    Ok(ends.into_iter().min())
}

fn attributes(assertion: Node<'_, '_>) -> Result<Vec<(String, Vec<String>)>, &'static str> {
    let mut attributes = Vec::new();
    for statement in children(assertion, ASSERTION, "AttributeStatement") {
        for attribute in children(statement, ASSERTION, "Attribute") {
            let name = attribute.attribute("Name").unwrap_or_default();
            // Others than AWS's may hold whatever they like.
            if name.starts_with(AWS_ATTRIBUTE) {
                let values = children(attribute, ASSERTION, "AttributeValue");
                let values: Result<Vec<_>, _> = values.map(|value| text(value).map(str::to_owned)).collect();
                attributes.push((name.to_owned(), values?));
            }
        }
    }
    Ok(attributes)
}

fn time(element: Node<'_, '_>, name: &str) -> Result<Option<SystemTime>, &'static str> {
    let Some(text) = element.attribute(name) else { return Ok(None) };
    let time = DateTime::from_str(text, Format::DateTimeWithOffset).ok();
    time.and_then(|time| SystemTime::try_from(time).ok()).map(Some).ok_or("a time cannot be read")
}
