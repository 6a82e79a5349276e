//! A SAML response, read.

use std::fmt;
use std::time::{Duration, SystemTime};

use aws_smithy_types::DateTime;
use aws_smithy_types::date_time::Format;
use roxmltree::Node;

use super::door::{ASSERTION, PROTOCOL, child, children, decode, parse, text};
use super::{OfferedRole, refuse};
use crate::{Error, ErrorKind, RoleSessionName, SamlAssertion};

const AWS_ATTRIBUTE: &str = "https://aws.amazon.com/SAML/Attributes/";
const STATUS: &str = "urn:oasis:names:tc:SAML:2.0:status:";
/// Second-level status codes that say something to a person: core, section 3.2.2.2.
const KNOWN_STATUS: [&str; 8] = [
    "AuthnFailed",
    "NoAuthnContext",
    "NoPassive",
    "RequestDenied",
    "RequestUnsupported",
    "Requester",
    "Responder",
    "UnknownPrincipal",
];

/// What a SAML response says of roles and times. Read, not verified: who signed it, STS looks at.
///
/// Useful on its own to a host that shows which roles a person may assume.
///
/// See [Configure SAML assertions](https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_providers_create_saml_assertions.html).
///
/// ```
/// use leapp_core::aws::SamlResponse;
/// use leapp_core::{SamlAssertion, Secret};
/// use std::time::{Duration, SystemTime};
/// # let base64 = data_encoding::BASE64.encode(r#"<p:Response xmlns:p="urn:oasis:names:tc:SAML:2.0:protocol"><Assertion
/// # xmlns="urn:oasis:names:tc:SAML:2.0:assertion"><Issuer>https://idp.example.com</Issuer><Subject><SubjectConfirmation>
/// # <SubjectConfirmationData NotOnOrAfter="2030-03-17T17:51:40Z" Recipient="https://signin.aws.amazon.com/saml"/>
/// # </SubjectConfirmation></Subject><Conditions/><AttributeStatement>
/// # <Attribute Name="https://aws.amazon.com/SAML/Attributes/Role"><AttributeValue>
/// # arn:aws:iam::111122223333:saml-provider/Corp,arn:aws:iam::111122223333:role/Dev
/// # </AttributeValue></Attribute></AttributeStatement></Assertion></p:Response>"#.as_bytes());
///
/// let response = SamlResponse::parse(&SamlAssertion::parse(&Secret::new(base64))?)?;
/// assert_eq!(response.roles()[0].role_arn.as_str(), "arn:aws:iam::111122223333:role/Dev");
/// let end = SystemTime::UNIX_EPOCH + Duration::from_secs(1_900_000_300);
/// assert_eq!(response.not_on_or_after(), end);
/// assert!(response.check_at(end - Duration::from_secs(1)).is_ok());
/// assert!(response.check_at(end + Duration::from_secs(301)).is_err());
/// # Ok::<(), leapp_core::Error>(())
/// ```
pub struct SamlResponse {
    issuer: String,
    recipient: String,
    audiences: Vec<String>,
    roles: Vec<OfferedRole>,
    role_session_name: Option<RoleSessionName>,
    session_duration: Option<Duration>,
    not_before: Option<SystemTime>,
    not_on_or_after: SystemTime,
    session_not_on_or_after: Option<SystemTime>,
}

impl SamlResponse {
    /// Reads a response.
    ///
    /// # Errors
    /// - [`ErrorKind::AccessDenied`] when the identity provider says that the login failed.
    /// - [`ErrorKind::Unsupported`] when the assertion is encrypted: only AWS can read it.
    /// - [`ErrorKind::InvalidInput`] when it is not a response for AWS, when it says two things of one matter, or holds what
    ///   two programs may read differently (a document type, a comment in a value). The message says what and where, and
    ///   does not repeat the response.
    pub fn parse(assertion: &SamlAssertion) -> Result<Self, Error> {
        let text = decode(assertion)?;
        let document = parse(&text)?;
        let response = document.root_element();
        if !response.has_tag_name((PROTOCOL, "Response")) {
            return Err(refuse("is not an element Response of SAML 2.0"));
        }
        check_status(response)?;
        if children(response, ASSERTION, "EncryptedAssertion").next().is_some() {
            let message = "the SAML response holds an encrypted assertion, whose roles cannot be read";
            return Err(Error::new(ErrorKind::Unsupported, message));
        }
        Self::read(needed(child(response, ASSERTION, "Assertion")?, "Assertion")?)
    }

    fn read(assertion: Node<'_, '_>) -> Result<Self, Error> {
        let subject = needed(child(assertion, ASSERTION, "Subject")?, "Subject")?;
        let confirmation = needed(child(subject, ASSERTION, "SubjectConfirmation")?, "SubjectConfirmation")?;
        let confirmed =
            needed(child(confirmation, ASSERTION, "SubjectConfirmationData")?, "SubjectConfirmationData")?;
        let recipient = confirmed.attribute("Recipient");
        let recipient = recipient.ok_or_else(|| refuse("has no Recipient at its SubjectConfirmationData"))?;
        let confirmed_until = time(confirmed, "NotOnOrAfter", "SubjectConfirmationData")?;
        let confirmed_until =
            confirmed_until.ok_or_else(|| refuse("has no NotOnOrAfter at its SubjectConfirmationData"))?;
        let conditions = child(assertion, ASSERTION, "Conditions")?;
        let of_conditions = |name| conditions.map(|node| time(node, name, "Conditions")).transpose();
        let ends = [Some(confirmed_until), of_conditions("NotOnOrAfter")?.flatten()];
        let starts =
            [time(confirmed, "NotBefore", "SubjectConfirmationData")?, of_conditions("NotBefore")?.flatten()];
        let attributes = Attributes::read(assertion)?;
        Ok(Self {
            issuer: text(needed(child(assertion, ASSERTION, "Issuer")?, "Issuer")?, "Issuer")?.to_owned(),
            recipient: recipient.to_owned(),
            audiences: conditions.map(audiences).transpose()?.unwrap_or_default(),
            roles: roles(&attributes)?,
            role_session_name: role_session_name(&attributes)?,
            session_duration: session_duration(&attributes)?,
            not_before: starts.into_iter().flatten().max(),
            not_on_or_after: ends.into_iter().flatten().min().unwrap_or(confirmed_until),
            session_not_on_or_after: session_end(assertion)?,
        })
    }

    /// Who says that it made the response.
    pub fn issuer(&self) -> &str {
        &self.issuer
    }

    /// The page of AWS that it is meant for.
    pub fn recipient(&self) -> &str {
        &self.recipient
    }

    /// For whom it is meant.
    pub fn audiences(&self) -> &[String] {
        &self.audiences
    }

    /// The roles, in the response's order, each pair once.
    pub fn roles(&self) -> &[OfferedRole] {
        &self.roles
    }

    /// The name that the role session is given. Without one, AWS refuses the response.
    pub fn role_session_name(&self) -> Option<&RoleSessionName> {
        self.role_session_name.as_ref()
    }

    /// How long a session may last, as the identity provider has it: 15 minutes to 12 hours.
    pub fn session_duration(&self) -> Option<Duration> {
        self.session_duration
    }

    /// The moment from which it may be used, if it says so.
    pub fn not_before(&self) -> Option<SystemTime> {
        self.not_before
    }

    /// The moment from which it is of no use: the earlier one of the subject's confirmation and of the conditions.
    pub fn not_on_or_after(&self) -> SystemTime {
        self.not_on_or_after
    }

    /// The end of the login at the identity provider, if it says so: no session outlives it.
    pub fn session_not_on_or_after(&self) -> Option<SystemTime> {
        self.session_not_on_or_after
    }
}

/// Names and times; whom it speaks of is left out.
impl fmt::Debug for SamlResponse {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SamlResponse")
            .field("roles", &self.roles)
            .field("not_before", &self.not_before)
            .field("not_on_or_after", &self.not_on_or_after)
            .field("session_not_on_or_after", &self.session_not_on_or_after)
            .finish_non_exhaustive()
    }
}

/// AWS's attributes by their short names, each there once.
struct Attributes<'a>(Vec<(&'a str, Vec<&'a str>)>);

impl<'a> Attributes<'a> {
    fn read(assertion: Node<'a, '_>) -> Result<Self, Error> {
        let mut known: Vec<(&str, Vec<&str>)> = Vec::new();
        let statements = children(assertion, ASSERTION, "AttributeStatement");
        for attribute in statements.flat_map(|node| children(node, ASSERTION, "Attribute")) {
            // Others than AWS's may hold whatever they like.
            let Some(name) = attribute.attribute("Name").and_then(|name| name.strip_prefix(AWS_ATTRIBUTE))
            else {
                continue;
            };
            let Some(name) =
                ["Role", "RoleSessionName", "SessionDuration"].into_iter().find(|own| *own == name)
            else {
                continue;
            };
            if known.iter().any(|(other, _)| *other == name) {
                return Err(refuse(&format!(
                    "has two attributes {name}, where one with several values is allowed"
                )));
            }
            let values = children(attribute, ASSERTION, "AttributeValue");
            let place = format!("a value of its attribute {name}");
            known.push((name, values.map(|value| text(value, &place)).collect::<Result<_, _>>()?));
        }
        Ok(Self(known))
    }

    fn all(&self, name: &str) -> &[&'a str] {
        self.0.iter().find(|(known, _)| *known == name).map_or(&[], |(_, values)| values)
    }

    fn only(&self, name: &str) -> Result<Option<&'a str>, Error> {
        match self.all(name) {
            [] => Ok(None),
            [only] => Ok(Some(only)),
            _ => Err(refuse(&format!("has several values of its attribute {name}, where one is allowed"))),
        }
    }
}

fn roles(attributes: &Attributes<'_>) -> Result<Vec<OfferedRole>, Error> {
    let mut roles = Vec::new();
    for (at, value) in attributes.all("Role").iter().enumerate() {
        let role = OfferedRole::parse(value, at + 1)?;
        // Who is in two groups is offered the role of both twice.
        if !roles.contains(&role) {
            roles.push(role);
        }
    }
    Ok(roles)
}

fn role_session_name(attributes: &Attributes<'_>) -> Result<Option<RoleSessionName>, Error> {
    let name = attributes.only("RoleSessionName")?;
    // The parser's own message repeats the name.
    let parse = |name| RoleSessionName::parse(name);
    name.map(parse).transpose().map_err(|_| {
        refuse("has an attribute RoleSessionName that is not 2 to 64 letters, digits and `_+=,.@-`")
    })
}

fn session_duration(attributes: &Attributes<'_>) -> Result<Option<Duration>, Error> {
    let seconds = attributes.only("SessionDuration")?.map(|text| text.parse::<u64>().ok());
    match seconds {
        None => Ok(None),
        Some(Some(seconds @ 900..=43_200)) => Ok(Some(Duration::from_secs(seconds))),
        Some(_) => Err(refuse("has an attribute SessionDuration that is not 900 to 43200 seconds")),
    }
}

/// The status stands outside of a signed assertion: it can refuse and never permit.
fn check_status(response: Node<'_, '_>) -> Result<(), Error> {
    let Some(status) = child(response, PROTOCOL, "Status")? else { return Ok(()) };
    let mut found = child(status, PROTOCOL, "StatusCode")?;
    let mut reason = None;
    while let Some(code) = found {
        let name = code.attribute("Value").and_then(|value| value.strip_prefix(STATUS));
        if name == Some("Success") && reason.is_none() {
            return Ok(());
        }
        let known = KNOWN_STATUS.into_iter().find(|known| Some(*known) == name);
        reason = Some(known.or(reason).unwrap_or("a status that is not known"));
        found = child(code, PROTOCOL, "StatusCode")?;
    }
    match reason {
        None => Ok(()),
        Some(reason) => {
            let message = format!("the identity provider reports that the login failed: {reason}");
            Err(Error::new(ErrorKind::AccessDenied, message))
        }
    }
}

fn audiences(conditions: Node<'_, '_>) -> Result<Vec<String>, Error> {
    let Some(restriction) = child(conditions, ASSERTION, "AudienceRestriction")? else {
        return Ok(Vec::new());
    };
    let audiences = children(restriction, ASSERTION, "Audience");
    audiences.map(|audience| text(audience, "Audience").map(str::to_owned)).collect()
}

/// The earliest end that a statement sets.
fn session_end(assertion: Node<'_, '_>) -> Result<Option<SystemTime>, Error> {
    let mut end: Option<SystemTime> = None;
    for statement in children(assertion, ASSERTION, "AuthnStatement") {
        let other = time(statement, "SessionNotOnOrAfter", "AuthnStatement")?;
        end = end.into_iter().chain(other).min();
    }
    Ok(end)
}

fn needed<T>(found: Option<T>, name: &str) -> Result<T, Error> {
    found.ok_or_else(|| refuse(&format!("has no element {name}")))
}

/// Times are UTC: core, section 1.3.3.
fn time(element: Node<'_, '_>, name: &str, place: &str) -> Result<Option<SystemTime>, Error> {
    let Some(text) = element.attribute(name) else { return Ok(None) };
    let time = DateTime::from_str(text.trim(), Format::DateTimeWithOffset).ok();
    let time = time.and_then(|time| SystemTime::try_from(time).ok());
    time.map(Some).ok_or_else(|| refuse(&format!("has a {name} at its {place} that is no time")))
}
