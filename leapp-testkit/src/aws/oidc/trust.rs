//! What a role's trust policy says of web identities.

use std::sync::Arc;

use super::WebIdentity;

/// Trust in whom an OIDC provider vouches for, narrowed down by conditions. Made by
/// [`OidcProvider::trust`](super::OidcProvider::trust).
#[derive(Clone, Debug)]
pub struct WebIdentityTrust {
    provider_arn: Arc<str>,
    audience: Option<String>,
    subject: Option<String>,
}

impl WebIdentityTrust {
    pub(in crate::aws) fn new(provider_arn: Arc<str>) -> Self {
        Self { provider_arn, audience: None, subject: None }
    }

    /// Asks for an audience: `StringEquals` on `ISSUER:aud`.
    #[must_use]
    pub fn with_audience(self, audience: &str) -> Self {
        Self { audience: Some(audience.to_owned()), ..self }
    }

    /// Asks for a subject that is like a pattern of `*` and `?`: `StringLike` on `ISSUER:sub`.
    #[must_use]
    pub fn with_subject(self, pattern: &str) -> Self {
        Self { subject: Some(pattern.to_owned()), ..self }
    }

    pub(in crate::aws) fn is_for(&self, identity: &WebIdentity) -> bool {
        let Self { provider_arn, audience, subject } = self;
        **provider_arn == *identity.provider_arn
            && audience.as_ref().is_none_or(|audience| *audience == identity.audience)
            && subject.as_ref().is_none_or(|pattern| is_like(&identity.subject, pattern))
    }
}

/// Goes back to the last `*` at most, so the time is bounded by the product of the lengths.
fn is_like(text: &str, pattern: &str) -> bool {
    let (text, pattern): (Vec<char>, Vec<char>) = (text.chars().collect(), pattern.chars().collect());
    let (mut at, mut in_pattern, mut star) = (0, 0, None);
    while at < text.len() {
        match pattern.get(in_pattern) {
            Some('*') => {
                star = Some((at, in_pattern));
                in_pattern += 1;
            }
            Some(&c) if c == '?' || c == text[at] => {
                at += 1;
                in_pattern += 1;
            }
            _ => {
                let Some((after, star_at)) = star else { return false };
                star = Some((after + 1, star_at));
                (at, in_pattern) = (after + 1, star_at + 1);
            }
        }
    }
    pattern[in_pattern..].iter().all(|&c| c == '*')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pattern_matches_as_string_like_does() {
        for (text, pattern, is_matched) in [
            ("repo:octo/app", "repo:octo/app", true),
            ("repo:octo/app", "repo:octo/*", true),
            ("repo:octo/app", "*app", true),
            ("repo:octo/app", "repo:*/a?p*", true),
            ("repo:octo/app", "repo:octo", false),
            ("repo:octo/app", "repo:octo/?", false),
            ("repo:octo/app", "*:octa/*", false),
            ("", "*", true),
            ("", "?", false),
        ] {
            assert_eq!(is_like(text, pattern), is_matched, "{text} like {pattern}");
        }
    }
}
