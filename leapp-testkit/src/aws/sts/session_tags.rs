//! Session tags: no key twice, none of AWS's own, and transitive ones for good.

use std::collections::BTreeSet;

use crate::aws::checks::{Checks, TAG_KEY, TAG_VALUE, TRANSITIVE_TAG_KEY};
use crate::aws::form::Form;
use crate::aws::oidc::TokenTags;
use crate::aws::principal::{RoleSession, TransitiveTags};
use crate::aws::refusal::Refusal;

pub(super) struct SessionTags<'f> {
    tags: Vec<(&'f str, &'f str)>,
    transitive_keys: Vec<&'f str>,
}

/// As they came; either may be missing.
type KeyAndValue<'f> = (Option<&'f str>, Option<&'f str>);

impl<'f> SessionTags<'f> {
    pub(super) fn parse(form: &'f Form, checks: &mut Checks) -> Self {
        let keys = form.members("TransitiveTagKeys");
        Self::new(tags_of(form), keys.iter().map(|key| form.value(key)).collect(), checks)
    }

    /// Tags of a session that nothing descends from.
    pub(super) fn parse_for_good(form: &'f Form, checks: &mut Checks) -> Self {
        Self::new(tags_of(form), Vec::new(), checks)
    }

    pub(super) fn of_token(token: &'f TokenTags, checks: &mut Checks) -> Self {
        let tags = token.tags.iter().map(|(key, value)| (Some(key.as_str()), Some(value.as_str())));
        let keys = token.transitive_keys.iter().map(|key| Some(key.as_str()));
        Self::new(tags.collect(), keys.collect(), checks)
    }

    fn new(tags: Vec<KeyAndValue<'f>>, keys: Vec<Option<&'f str>>, checks: &mut Checks) -> Self {
        checks.count("tags", tags.len(), 50);
        let tags = tags
            .into_iter()
            .map(|(key, value)| (checks.required(&TAG_KEY, key), checks.required(&TAG_VALUE, value)));
        let tags = tags.collect();
        checks.count("transitiveTagKeys", keys.len(), 50);
        let keys = keys.into_iter().map(|key| checks.required(&TRANSITIVE_TAG_KEY, key));
        Self { tags, transitive_keys: keys.collect() }
    }

    /// Tags that came another way than in the form.
    pub(super) fn of(
        tags: Vec<(&'f str, &'f str)>,
        transitive_keys: Vec<&'f str>,
        checks: &mut Checks,
    ) -> Self {
        checks.count("tags", tags.len(), 50);
        checks.count("transitiveTagKeys", transitive_keys.len(), 50);
        for (key, value) in &tags {
            checks.required(&TAG_KEY, Some(key));
            checks.required(&TAG_VALUE, Some(value));
        }
        for key in &transitive_keys {
            checks.required(&TRANSITIVE_TAG_KEY, Some(key));
        }
        Self { tags, transitive_keys }
    }

    /// What the new session hands on. Keys are compared without regard to case.
    pub(super) fn check(&self, inherited: Option<&RoleSession>) -> Result<TransitiveTags, Refusal> {
        let mut handed_on = inherited.map(|session| session.transitive_tags.clone()).unwrap_or_default();
        if self.tags.iter().any(|(key, value)| is_reserved(key) || is_reserved(value)) {
            let message = "Tag keys and values that begin with aws: are reserved.";
            return Err(Refusal::invalid_parameter_value(message));
        }
        let given: BTreeSet<String> = self.tags.iter().map(|(key, _)| key.to_lowercase()).collect();
        if given.len() < self.tags.len() {
            let message = "Duplicate tag keys found. Please note that Tag keys are case insensitive.";
            return Err(Refusal::invalid_parameter_value(message));
        }
        if !given.is_disjoint(&handed_on.keys) {
            let message = "One of the specified transitive tag keys can't be set because it conflicts with a \
                           transitive tag key from the calling session.";
            return Err(Refusal::invalid_parameter_value(message));
        }
        for key in self.transitive_keys.iter().map(|key| key.to_lowercase()) {
            if !given.contains(&key) && !handed_on.keys.contains(&key) {
                let message = "The specified transitive tag key must be included in the requested tags.";
                return Err(Refusal::invalid_parameter_value(message));
            }
            let characters = self.characters_of(&key);
            if handed_on.keys.insert(key) {
                handed_on.characters += characters;
            }
        }
        Ok(handed_on)
    }

    pub(super) fn keys(&self) -> impl Iterator<Item = &'f str> {
        self.tags.iter().map(|(key, _)| *key)
    }

    pub(super) fn characters(&self) -> usize {
        self.tags.iter().map(characters).sum()
    }

    fn characters_of(&self, lower_case_key: &str) -> usize {
        self.tags
            .iter()
            .find(|(key, _)| key.to_lowercase() == lower_case_key)
            .map(characters)
            .unwrap_or_default()
    }
}

fn tags_of(form: &Form) -> Vec<KeyAndValue<'_>> {
    let tags = form.members("Tags");
    let tag = |tag: &String| (form.value(&format!("{tag}.Key")), form.value(&format!("{tag}.Value")));
    tags.iter().map(tag).collect()
}

/// [Rules for tagging](https://docs.aws.amazon.com/IAM/latest/UserGuide/id_tags.html): the prefix is AWS's own.
fn is_reserved(text: &str) -> bool {
    text.get(..4).is_some_and(|prefix| prefix.eq_ignore_ascii_case("aws:"))
}

fn characters((key, value): &(&str, &str)) -> usize {
    key.chars().count() + value.chars().count()
}
