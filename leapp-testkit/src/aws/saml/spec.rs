//! What a response of an identity provider says.

use std::time::SystemTime;

use leapp_core::RoleArn;

use super::arn::SamlProviderArn;

/// What an identity provider of [`FakeAws`](crate::aws::FakeAws) puts into a response.
///
/// As it begins, it is what AWS accepts, but for the roles: issued now, valid for five minutes, for AWS as its audience
/// and AWS's sign-in page as its recipient, with the response signed and not the assertion.
///
/// ```
/// use leapp_core::RoleArn;
/// use leapp_testkit::aws::{SamlAssertionSpec, SamlSigning};
///
/// let spec = SamlAssertionSpec::new("alice@example.com").with_signing(SamlSigning::Assertion).with_principal_tag("Team", "Blue");
/// assert!(format!("{spec:?}").contains("alice@example.com"));
/// ```
#[derive(Clone, Debug)]
pub struct SamlAssertionSpec {
    pub(super) name_id: String,
    pub(super) name_id_format: String,
    pub(super) role_session_name: Option<String>,
    pub(super) roles: Vec<String>,
    pub(super) session_duration: Option<String>,
    pub(super) source_identity: Option<String>,
    pub(super) principal_tags: Vec<(String, String)>,
    pub(super) transitive_tag_keys: Vec<String>,
    pub(super) issuer: Option<String>,
    pub(super) audience: Option<String>,
    pub(super) recipient: Option<String>,
    pub(super) times: Times,
    pub(super) status: Option<String>,
    pub(super) signing: SamlSigning,
    pub(super) damage: Option<SamlDamage>,
}

/// The times that a test sets; the others follow from the time of issuance.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Times {
    pub(super) issue_instant: Option<SystemTime>,
    pub(super) not_before: Option<SystemTime>,
    pub(super) not_on_or_after: Option<SystemTime>,
    pub(super) subject_not_on_or_after: Option<SystemTime>,
    pub(super) session_not_on_or_after: Option<SystemTime>,
}

/// Which parts of a response are signed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum SamlSigning {
    /// The assertion alone.
    Assertion,
    /// The assertion, and the response with it.
    Both,
    /// Nothing.
    None,
    /// The response, and the assertion within it.
    #[default]
    Response,
}

/// What is made wrong with a response on purpose.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum SamlDamage {
    /// The subject is another one than the one that was signed.
    ChangedAfterSigning,
    /// Somebody else's key signed it.
    WrongKey,
}

impl SamlAssertionSpec {
    /// A response for a user of that name, which is the name of the role session too.
    pub fn new(role_session_name: &str) -> Self {
        Self {
            name_id: role_session_name.to_owned(),
            name_id_format: "urn:oasis:names:tc:SAML:2.0:nameid-format:persistent".to_owned(),
            role_session_name: Some(role_session_name.to_owned()),
            roles: Vec::new(),
            session_duration: None,
            source_identity: None,
            principal_tags: Vec::new(),
            transitive_tag_keys: Vec::new(),
            issuer: None,
            audience: Some("urn:amazon:webservices".to_owned()),
            recipient: None,
            times: Times::default(),
            status: None,
            signing: SamlSigning::default(),
            damage: None,
        }
    }

    /// Adds a role that the user may assume, and the provider through which.
    #[must_use]
    pub fn with_role(self, role_arn: &RoleArn, provider_arn: &SamlProviderArn) -> Self {
        self.with_role_value(&format!("{role_arn},{provider_arn}"))
    }

    /// Adds a value of the `Role` attribute as it stands: in the other order, with spaces, or wrong.
    #[must_use]
    pub fn with_role_value(mut self, value: &str) -> Self {
        self.roles.push(value.to_owned());
        self
    }

    /// Sets the `NameID` and its format.
    #[must_use]
    pub fn with_name_id(self, name_id: &str, format: &str) -> Self {
        Self { name_id: name_id.to_owned(), name_id_format: format.to_owned(), ..self }
    }

    /// Sets the `RoleSessionName` attribute; without it when none.
    #[must_use]
    pub fn with_role_session_name(self, name: Option<&str>) -> Self {
        Self { role_session_name: name.map(str::to_owned), ..self }
    }

    /// Sets the `SessionDuration` attribute, in seconds. It is for the console; `AssumeRoleWithSAML` ignores it.
    #[must_use]
    pub fn with_session_duration(self, seconds: &str) -> Self {
        Self { session_duration: Some(seconds.to_owned()), ..self }
    }

    /// Sets the `SourceIdentity` attribute.
    #[must_use]
    pub fn with_source_identity(self, source_identity: &str) -> Self {
        Self { source_identity: Some(source_identity.to_owned()), ..self }
    }

    /// Adds a session tag: a `PrincipalTag:` attribute.
    #[must_use]
    pub fn with_principal_tag(mut self, key: &str, value: &str) -> Self {
        self.principal_tags.push((key.to_owned(), value.to_owned()));
        self
    }

    /// Adds a value of the `TransitiveTagKeys` attribute.
    #[must_use]
    pub fn with_transitive_tag_key(mut self, key: &str) -> Self {
        self.transitive_tag_keys.push(key.to_owned());
        self
    }

    /// Sets who says that it issued the response, in place of the identity provider's own id.
    #[must_use]
    pub fn with_issuer(self, issuer: &str) -> Self {
        Self { issuer: Some(issuer.to_owned()), ..self }
    }

    /// Sets the audience; no restriction when none.
    #[must_use]
    pub fn with_audience(self, audience: Option<&str>) -> Self {
        Self { audience: audience.map(str::to_owned), ..self }
    }

    /// Sets the recipient, in place of the address that the identity provider sends its users to.
    #[must_use]
    pub fn with_recipient(self, recipient: &str) -> Self {
        Self { recipient: Some(recipient.to_owned()), ..self }
    }

    /// Sets when it was issued.
    #[must_use]
    pub fn with_issue_instant(mut self, time: SystemTime) -> Self {
        self.times.issue_instant = Some(time);
        self
    }

    /// Sets the `NotBefore` of the conditions.
    #[must_use]
    pub fn with_not_before(mut self, time: SystemTime) -> Self {
        self.times.not_before = Some(time);
        self
    }

    /// Sets the `NotOnOrAfter` of the conditions.
    #[must_use]
    pub fn with_not_on_or_after(mut self, time: SystemTime) -> Self {
        self.times.not_on_or_after = Some(time);
        self
    }

    /// Sets the `NotOnOrAfter` of the subject's confirmation.
    #[must_use]
    pub fn with_subject_not_on_or_after(mut self, time: SystemTime) -> Self {
        self.times.subject_not_on_or_after = Some(time);
        self
    }

    /// Sets the `SessionNotOnOrAfter`: no session outlives it.
    #[must_use]
    pub fn with_session_not_on_or_after(mut self, time: SystemTime) -> Self {
        self.times.session_not_on_or_after = Some(time);
        self
    }

    /// Makes the response say that the login failed, with the last part of a status code: `Responder`, `AuthnFailed`.
    #[must_use]
    pub fn with_failed_status(self, status: &str) -> Self {
        Self { status: Some(format!("urn:oasis:names:tc:SAML:2.0:status:{status}")), ..self }
    }

    /// Sets which parts are signed.
    #[must_use]
    pub fn with_signing(self, signing: SamlSigning) -> Self {
        Self { signing, ..self }
    }

    /// Makes the response wrong in this way.
    #[must_use]
    pub fn with_damage(self, damage: SamlDamage) -> Self {
        Self { damage: Some(damage), ..self }
    }
}
