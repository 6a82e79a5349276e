//! A response as an identity provider writes it.

use std::time::{Duration, SystemTime};

use super::key::SigningKey;
use super::names::{ASSERTION, AWS_ATTRIBUTE, BEARER, PROTOCOL, SUCCESS};
use super::signature::sign;
use super::spec::{SamlAssertionSpec, SamlDamage, SamlSigning, Times};
use crate::aws::timestamp::iso8601;
use crate::aws::xml::escape;

const VALID_FOR: Duration = Duration::from_secs(5 * 60);

/// What the identity provider adds to what is asked of it.
pub(super) struct Issuing<'a> {
    pub(super) entity_id: &'a str,
    pub(super) assertion_consumer: &'a str,
    pub(super) key: &'a SigningKey,
    pub(super) now: SystemTime,
    /// Ids for the response and for the assertion.
    pub(super) ids: [String; 2],
}

impl Issuing<'_> {
    /// The document, signed and damaged as the specification says.
    pub(super) fn response(&self, spec: &SamlAssertionSpec) -> String {
        let [response_id, assertion_id] = &self.ids;
        let text = self.unsigned(spec);
        let text = match spec.signing {
            SamlSigning::None => text,
            SamlSigning::Assertion => self.signed(text, assertion_id, spec),
            SamlSigning::Response => self.signed(text, response_id, spec),
            SamlSigning::Both => {
                let text = self.signed(text, assertion_id, spec);
                self.signed(text, response_id, spec)
            }
        };
        match spec.damage {
            Some(SamlDamage::ChangedAfterSigning) => text.replacen("</saml:NameID>", "x</saml:NameID>", 1),
            _ => text,
        }
    }

    fn signed(&self, text: String, id: &str, spec: &SamlAssertionSpec) -> String {
        match spec.damage {
            Some(SamlDamage::WrongKey) => sign(&text, id, SigningKey::strangers()),
            _ => sign(&text, id, self.key),
        }
        .unwrap_or(text)
    }

    fn unsigned(&self, spec: &SamlAssertionSpec) -> String {
        let [response_id, assertion_id] = &self.ids;
        let issuer = escape(spec.issuer.as_deref().unwrap_or(self.entity_id));
        let recipient = escape(spec.recipient.as_deref().unwrap_or(self.assertion_consumer));
        let issued = iso8601(spec.times.issue_instant.unwrap_or(self.now));
        let issuer = format!("<saml:Issuer>{issuer}</saml:Issuer>");
        let status = escape(spec.status.as_deref().unwrap_or(SUCCESS));
        let assertion = match spec.status {
            Some(_) => String::new(),
            None => {
                let parts = [
                    issuer.clone(),
                    self.subject(spec, &recipient),
                    self.conditions(spec),
                    self.authn_statement(spec, &issued),
                    attribute_statement(spec),
                ];
                let parts = parts.concat();
                format!(
                    "<saml:Assertion ID=\"{assertion_id}\" Version=\"2.0\" IssueInstant=\"{issued}\">{parts}</saml:Assertion>"
                )
            }
        };
        format!(
            "<samlp:Response xmlns:samlp=\"{PROTOCOL}\" xmlns:saml=\"{ASSERTION}\" ID=\"{response_id}\" Version=\"2.0\" \
             IssueInstant=\"{issued}\" Destination=\"{recipient}\">{issuer}<samlp:Status><samlp:StatusCode \
             Value=\"{status}\"/></samlp:Status>{assertion}</samlp:Response>"
        )
    }

    fn subject(&self, spec: &SamlAssertionSpec, recipient: &str) -> String {
        let (name_id, format) = (escape(&spec.name_id), escape(&spec.name_id_format));
        let until = iso8601(spec.times.subject_not_on_or_after.unwrap_or_else(|| self.end(&spec.times)));
        format!(
            "<saml:Subject><saml:NameID Format=\"{format}\">{name_id}</saml:NameID>\
             <saml:SubjectConfirmation Method=\"{BEARER}\"><saml:SubjectConfirmationData NotOnOrAfter=\"{until}\" \
             Recipient=\"{recipient}\"/></saml:SubjectConfirmation></saml:Subject>"
        )
    }

    fn conditions(&self, spec: &SamlAssertionSpec) -> String {
        let from = iso8601(spec.times.not_before.unwrap_or_else(|| self.start(&spec.times)));
        let until = iso8601(spec.times.not_on_or_after.unwrap_or_else(|| self.end(&spec.times)));
        let restriction = spec.audience.as_deref().map(|audience| {
            let audience = escape(audience);
            format!("<saml:AudienceRestriction><saml:Audience>{audience}</saml:Audience></saml:AudienceRestriction>")
        });
        let restriction = restriction.unwrap_or_default();
        format!(
            "<saml:Conditions NotBefore=\"{from}\" NotOnOrAfter=\"{until}\">{restriction}</saml:Conditions>"
        )
    }

    fn authn_statement(&self, spec: &SamlAssertionSpec, issued: &str) -> String {
        let until = spec.times.session_not_on_or_after;
        let until =
            until.map(|time| format!(" SessionNotOnOrAfter=\"{}\"", iso8601(time))).unwrap_or_default();
        format!(
            "<saml:AuthnStatement AuthnInstant=\"{issued}\"{until}><saml:AuthnContext><saml:AuthnContextClassRef>\
             urn:oasis:names:tc:SAML:2.0:ac:classes:PasswordProtectedTransport</saml:AuthnContextClassRef>\
             </saml:AuthnContext></saml:AuthnStatement>"
        )
    }

    fn start(&self, times: &Times) -> SystemTime {
        times.issue_instant.unwrap_or(self.now)
    }

    fn end(&self, times: &Times) -> SystemTime {
        self.start(times) + VALID_FOR
    }
}

fn attribute_statement(spec: &SamlAssertionSpec) -> String {
    let SamlAssertionSpec { roles, role_session_name, session_duration, source_identity, .. } = spec;
    let tags =
        spec.principal_tags.iter().map(|(key, value)| attribute(&format!("PrincipalTag:{key}"), [value]));
    let attributes = [
        attribute("Role", roles),
        attribute("RoleSessionName", role_session_name),
        attribute("SessionDuration", session_duration),
        attribute("SourceIdentity", source_identity),
        tags.collect(),
        attribute("TransitiveTagKeys", &spec.transitive_tag_keys),
    ];
    let attributes = attributes.concat();
    if attributes.is_empty() {
        attributes
    } else {
        format!("<saml:AttributeStatement>{attributes}</saml:AttributeStatement>")
    }
}

/// Nothing when there is no value.
fn attribute<'a>(name: &str, values: impl IntoIterator<Item = &'a String>) -> String {
    let values = values.into_iter();
    let values: String =
        values.map(|value| format!("<saml:AttributeValue>{}</saml:AttributeValue>", escape(value))).collect();
    if values.is_empty() {
        return values;
    }
    format!("<saml:Attribute Name=\"{AWS_ATTRIBUTE}{}\">{values}</saml:Attribute>", escape(name))
}
