//! What a role's trust policy says of the session itself: whose it is, and which tags it has.

use leapp_core::SourceIdentity;

use super::string_like::is_like;

/// The conditions on what a session carries. At first there are none.
#[derive(Clone, Debug, Default)]
pub(super) struct SessionTerms {
    /// Patterns. Empty, when a session may have any source identity or none.
    source_identities: Vec<String>,
    /// Empty, when tags may have any key.
    tag_keys: Vec<String>,
}

impl SessionTerms {
    pub(super) fn add_source_identity(&mut self, pattern: &str) {
        self.source_identities.push(pattern.to_owned());
    }

    pub(super) fn add_tag_key(&mut self, tag_key: &str) {
        self.tag_keys.push(tag_key.to_owned());
    }

    /// The first permission that the policy does not give for such a session, where `action` is what is asked for.
    pub(super) fn denied<'k>(
        &self,
        action: &'static str,
        source_identity: Option<&SourceIdentity>,
        mut tag_keys: impl Iterator<Item = &'k str>,
    ) -> Option<&'static str> {
        let Self { source_identities, tag_keys: allowed } = self;
        match source_identity {
            _ if source_identities.is_empty() => {}
            None => return Some(action),
            Some(one) if source_identities.iter().any(|pattern| is_like(one.as_str(), pattern)) => {}
            Some(_) => return Some("SetSourceIdentity"),
        }
        let is_allowed = |key: &str| allowed.is_empty() || allowed.iter().any(|allowed| allowed == key);
        if tag_keys.all(is_allowed) { None } else { Some("TagSession") }
    }
}
