//! The constraints of the API's model, and the one message that reports all that are broken.

use std::ops::RangeInclusive;

use super::refusal::{Refusal, cut};

/// As much of a value is quoted.
const MOST_QUOTED_BYTES: usize = 256;
/// As many broken constraints are listed; the others are counted.
const MOST_LISTED: usize = 50;

/// What a text parameter may hold.
pub(super) struct Text {
    at: &'static str,
    length: RangeInclusive<usize>,
    pattern: &'static str,
    allows: fn(char) -> bool,
}

/// The constraints that a request broke so far.
#[derive(Default)]
pub(super) struct Checks {
    count: usize,
    listed: Vec<String>,
}

pub(super) const ACCESS_KEY_ID: Text =
    Text { at: "accessKeyId", length: 16..=128, pattern: r"[\w]*", allows: is_letter_or_digit };
pub(super) const EXTERNAL_ID: Text =
    Text { at: "externalId", length: 2..=1224, pattern: r"[\w+=,.@:\/-]*", allows: is_path_word };
pub(super) const FEDERATED_NAME: Text =
    Text { at: "name", length: 2..=32, pattern: r"[\w+=,.@-]*", allows: is_word };
pub(super) const POLICY: Text =
    Text { at: "policy", length: 1..=2048, pattern: r"[\u0009\u000A\u000D\u0020-\u00FF]+", allows: is_latin };
pub(super) const PRINCIPAL_ARN: Text = Text { at: "principalArn", ..ROLE_ARN };
pub(super) const PROVIDER_ID: Text =
    Text { at: "providerId", length: 4..=2048, pattern: ".*", allows: is_any };
pub(super) const ROLE_ARN: Text = Text {
    at: "roleArn",
    length: 20..=2048,
    pattern: r"[\u0009\u000A\u000D\u0020-\u007E\u0085\u00A0-\uD7FF\uE000-\uFFFD\u10000-\u10FFFF]+",
    allows: is_printable,
};
pub(super) const ROLE_SESSION_NAME: Text =
    Text { at: "roleSessionName", length: 2..=64, pattern: r"[\w+=,.@-]*", allows: is_word };
pub(super) const SERIAL_NUMBER: Text =
    Text { at: "serialNumber", length: 9..=256, pattern: r"[\w+=/:,.@-]*", allows: is_path_word };
pub(super) const SOURCE_IDENTITY: Text =
    Text { at: "sourceIdentity", length: 2..=64, pattern: r"[\w+=,.@-]*", allows: is_word };
pub(super) const TAG_KEY: Text =
    Text { at: "tags.member.key", length: 1..=128, pattern: r"[\p{L}\p{Z}\p{N}_.:/=+\-@]+", allows: is_tag };
pub(super) const TAG_VALUE: Text = Text {
    at: "tags.member.value",
    length: 0..=256,
    pattern: r"[\p{L}\p{Z}\p{N}_.:/=+\-@]*",
    allows: is_tag,
};
pub(super) const TOKEN_CODE: Text =
    Text { at: "tokenCode", length: 6..=6, pattern: r"[\d]*", allows: is_digit };
pub(super) const TRANSITIVE_TAG_KEY: Text = Text { at: "transitiveTagKeys.member", ..TAG_KEY };
pub(super) const USER_NAME: Text =
    Text { at: "userName", length: 1..=128, pattern: r"[\w+=,.@-]+", allows: is_word };
pub(super) const WEB_IDENTITY_TOKEN: Text =
    Text { at: "webIdentityToken", length: 4..=20_000, pattern: ".*", allows: is_any };

impl Checks {
    /// A parameter that must be there.
    pub(super) fn required<'f>(&mut self, rule: &Text, value: Option<&'f str>) -> &'f str {
        if value.is_none() {
            self.broken("null", rule.at, "Member must not be null");
        }
        self.optional(rule, value).unwrap_or_default()
    }

    /// A parameter that must be there and that no message repeats.
    pub(super) fn required_secret<'f>(&mut self, rule: &Text, value: Option<&'f str>) -> &'f str {
        match value {
            Some(text) => self.check(rule, text, "'***'"),
            None => self.broken("null", rule.at, "Member must not be null"),
        }
        value.unwrap_or_default()
    }

    /// A parameter that may be there.
    pub(super) fn optional<'f>(&mut self, rule: &Text, value: Option<&'f str>) -> Option<&'f str> {
        let text = value?;
        self.check(rule, text, &quoted(text));
        value
    }

    /// A whole number that may be there.
    pub(super) fn number(
        &mut self,
        at: &str,
        value: Option<&str>,
        range: RangeInclusive<u64>,
    ) -> Option<u64> {
        let text = value?;
        let quoted = quoted(text);
        let Ok(number) = text.parse::<i64>() else {
            self.broken(&quoted, at, "Member must be an integer");
            return None;
        };
        let number = u64::try_from(number).unwrap_or_default();
        if number < *range.start() {
            let least = range.start();
            self.broken(&quoted, at, &format!("Member must have value greater than or equal to {least}"));
        }
        if number > *range.end() {
            let most = range.end();
            self.broken(&quoted, at, &format!("Member must have value less than or equal to {most}"));
        }
        Some(number)
    }

    /// A parameter that must be there and is one of a few words.
    pub(super) fn one_of<'f>(&mut self, at: &str, value: Option<&'f str>, words: &[&str]) -> &'f str {
        match value {
            None => self.broken("null", at, "Member must not be null"),
            Some(text) if words.contains(&text) => {}
            Some(text) => {
                let set = words.join(", ");
                self.broken(&quoted(text), at, &format!("Member must satisfy enum value set: [{set}]"));
            }
        }
        value.unwrap_or_default()
    }

    /// A parameter that must be there, and that is not repeated to who sent it.
    pub(super) fn opaque<'f>(
        &mut self,
        at: &str,
        value: Option<&'f str>,
        length: RangeInclusive<usize>,
    ) -> &'f str {
        let count = value.map(|text| text.chars().count());
        let (least, most) = (length.start(), length.end());
        let constraint = match count {
            None => "Member must not be null".to_owned(),
            Some(count) if count < *least => {
                format!("Member must have length greater than or equal to {least}")
            }
            Some(count) if count > *most => format!("Member must have length less than or equal to {most}"),
            Some(_) => return value.unwrap_or_default(),
        };
        self.list(format!("Value at '{at}' failed to satisfy constraint: {constraint}"));
        ""
    }

    /// The length of a list.
    pub(super) fn count(&mut self, at: &str, count: usize, most: usize) {
        if count > most {
            let constraint = format!("Member must have length less than or equal to {most}");
            self.list(format!("Value at '{at}' failed to satisfy constraint: {constraint}"));
        }
    }

    pub(super) fn finish(self) -> Result<(), Refusal> {
        let Self { count, listed } = self;
        match count {
            0 => Ok(()),
            _ => {
                let errors = if count == 1 { "error" } else { "errors" };
                let list = listed.join("; ");
                Err(Refusal::validation_error(format!("{count} validation {errors} detected: {list}")))
            }
        }
    }

    fn check(&mut self, rule: &Text, text: &str, quoted: &str) {
        let count = text.chars().count();
        if count < *rule.length.start() {
            let least = rule.length.start();
            self.broken(
                quoted,
                rule.at,
                &format!("Member must have length greater than or equal to {least}"),
            );
        }
        if count > *rule.length.end() {
            let most = rule.length.end();
            self.broken(quoted, rule.at, &format!("Member must have length less than or equal to {most}"));
        }
        if !text.chars().all(rule.allows) {
            let pattern = rule.pattern;
            self.broken(
                quoted,
                rule.at,
                &format!("Member must satisfy regular expression pattern: {pattern}"),
            );
        }
    }

    fn broken(&mut self, value: &str, at: &str, constraint: &str) {
        self.list(format!("Value {value} at '{at}' failed to satisfy constraint: {constraint}"));
    }

    fn list(&mut self, broken: String) {
        self.count += 1;
        if self.listed.len() < MOST_LISTED {
            self.listed.push(broken);
        }
    }
}

fn quoted(text: &str) -> String {
    format!("'{}'", cut(text.to_owned(), MOST_QUOTED_BYTES))
}

fn is_any(_: char) -> bool {
    true
}

fn is_letter_or_digit(c: char) -> bool {
    c.is_ascii_alphanumeric() || c == '_'
}

fn is_digit(c: char) -> bool {
    c.is_ascii_digit()
}

fn is_word(c: char) -> bool {
    c.is_ascii_alphanumeric() || "_+=,.@-".contains(c)
}

fn is_path_word(c: char) -> bool {
    is_word(c) || ":/".contains(c)
}

fn is_latin(c: char) -> bool {
    matches!(c, '\t' | '\n' | '\r' | ' '..='\u{ff}')
}

fn is_printable(c: char) -> bool {
    matches!(c, '\t' | '\n' | '\r' | ' '..='\u{7e}' | '\u{85}' | '\u{a0}'..)
}

fn is_tag(c: char) -> bool {
    // A separator is white space that is no control character.
    c.is_alphanumeric() || (c.is_whitespace() && !c.is_control()) || "_.:/=+-@".contains(c)
}
