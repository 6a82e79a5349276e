//! What a token is to say.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use leapp_core::RoleArn;
use serde_json::{Map, Value, json};

/// The claims that AWS gives a meaning of its own:
/// [session tags](https://docs.aws.amazon.com/IAM/latest/UserGuide/id_session-tags.html) and
/// [source identity](https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_temp_control-access_monitor.html).
pub(super) const TAGS: &str = "https://aws.amazon.com/tags";
pub(super) const SOURCE_IDENTITY: &str = "https://aws.amazon.com/source_identity";
pub(super) const ROLES: &str = "https://aws.amazon.com/roles";

/// The claims of a web identity token.
///
/// It is issued and valid from the moment it is made, for an hour, and names its provider as issuer, unless told.
#[derive(Clone, Debug)]
pub struct WebIdentityClaims {
    lifetime: Duration,
    wait: Duration,
    /// What is said besides, and in place of, the standard claims; null takes one away.
    claims: Map<String, Value>,
}

impl WebIdentityClaims {
    /// Claims about a subject, for an audience.
    pub fn new(audience: &str, subject: &str) -> Self {
        let claims = [("aud", audience), ("sub", subject)];
        let claims = claims.into_iter().map(|(name, value)| (name.to_owned(), value.into())).collect();
        Self { lifetime: Duration::from_secs(3600), wait: Duration::ZERO, claims }
    }

    /// Names several audiences.
    #[must_use]
    pub fn with_audiences(self, audiences: &[&str]) -> Self {
        self.with("aud", json!(audiences))
    }

    /// Names the authorized party (`azp`), which takes the place of the audience.
    #[must_use]
    pub fn with_authorized_party(self, client_id: &str) -> Self {
        self.with("azp", client_id.into())
    }

    /// Names another issuer than the provider that signs.
    #[must_use]
    pub fn with_issuer(self, issuer_url: &str) -> Self {
        self.with("iss", issuer_url.into())
    }

    /// Sets how long the token is valid.
    #[must_use]
    pub fn with_lifetime(self, lifetime: Duration) -> Self {
        Self { lifetime, ..self }
    }

    /// Sets how long after it was made the token becomes valid (`nbf`).
    #[must_use]
    pub fn with_wait(self, wait: Duration) -> Self {
        Self { wait, ..self }
    }

    /// Adds a session tag.
    #[must_use]
    pub fn with_tag(mut self, key: &str, value: &str) -> Self {
        self.tags()["principal_tags"][key] = json!([value]);
        self
    }

    /// Adds a session tag that sessions further down a chain inherit.
    #[must_use]
    pub fn with_transitive_tag(self, key: &str, value: &str) -> Self {
        let mut tagged = self.with_tag(key, value);
        let keys = &mut tagged.tags()["transitive_tag_keys"];
        match keys {
            Value::Array(keys) => keys.push(key.into()),
            _ => *keys = json!([key]),
        }
        tagged
    }

    /// Sets the source identity.
    #[must_use]
    pub fn with_source_identity(self, source_identity: &str) -> Self {
        self.with(SOURCE_IDENTITY, source_identity.into())
    }

    /// Restricts the token to these roles.
    #[must_use]
    pub fn with_roles(self, role_arns: &[RoleArn]) -> Self {
        let role_arns: Vec<&str> = role_arns.iter().map(RoleArn::as_str).collect();
        self.with(ROLES, json!(role_arns))
    }

    /// Sets any claim to a text, be it one that has to be a number.
    #[must_use]
    pub fn with_claim(self, name: &str, text: &str) -> Self {
        self.with(name, text.into())
    }

    /// Leaves a claim out.
    #[must_use]
    pub fn without_claim(self, name: &str) -> Self {
        self.with(name, Value::Null)
    }

    pub(super) fn payload(&self, issuer_url: &str, time: SystemTime) -> Value {
        let [issued, from, until] = [time, time + self.wait, time + self.lifetime].map(seconds);
        let mut payload = json!({ "iss": issuer_url, "iat": issued, "nbf": from, "exp": until });
        for (name, value) in &self.claims {
            payload[name] = value.clone();
        }
        if let Value::Object(claims) = &mut payload {
            claims.retain(|_, value| !value.is_null());
        }
        payload
    }

    fn with(mut self, name: &str, value: Value) -> Self {
        self.claims.insert(name.to_owned(), value);
        self
    }

    /// The object that holds the tags; anything else in its place gives way.
    fn tags(&mut self) -> &mut Value {
        let tags = self.claims.entry(TAGS).or_insert_with(|| json!({}));
        if !tags.is_object() {
            *tags = json!({});
        }
        tags
    }
}

fn seconds(time: SystemTime) -> u64 {
    time.duration_since(UNIX_EPOCH).unwrap_or_default().as_secs()
}
