//! The parameters of a request.

use std::collections::{BTreeSet, HashMap};

/// Parameters by name; the first of a name counts. A request may have many thousands, so none is searched for.
pub(super) struct Form(HashMap<String, String>);

impl Form {
    pub(super) fn parse(text: &[u8]) -> Self {
        Self::parse_all(&[text])
    }

    /// Several texts as if they were one.
    pub(super) fn parse_all(texts: &[&[u8]]) -> Self {
        let mut parameters = HashMap::new();
        for (name, value) in texts.iter().flat_map(|text| form_urlencoded::parse(text)) {
            parameters.entry(name.into_owned()).or_insert_with(|| value.into_owned());
        }
        Self(parameters)
    }

    pub(super) fn value(&self, name: &str) -> Option<&str> {
        self.0.get(name).map(String::as_str)
    }

    /// The names under which the members of a list stand: `Tags.member.1`, `Tags.member.2` and so on.
    pub(super) fn members(&self, list: &str) -> Vec<String> {
        let numbers: BTreeSet<u32> = self.0.keys().filter_map(|key| member_number(key, list)).collect();
        numbers.into_iter().map(|number| format!("{list}.member.{number}")).collect()
    }
}

fn member_number(key: &str, list: &str) -> Option<u32> {
    let rest = key.strip_prefix(list)?.strip_prefix(".member.")?;
    rest.split('.').next()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use std::time::{Duration, Instant};

    use super::*;

    #[test]
    fn the_first_of_a_name_counts_and_members_come_by_number() {
        let form = Form::parse(
            b"A=1&A=2&Tags.member.10.Key=x&Tags.member.2.Key=y&Tags.member.2.Value=z&Tags.member.x=1",
        );

        assert_eq!(form.value("A"), Some("1"));
        assert_eq!(form.members("Tags"), ["Tags.member.2", "Tags.member.10"]);
        assert_eq!(form.value("Tags.member.2.Value"), Some("z"));
    }

    #[test]
    #[expect(clippy::disallowed_methods, reason = "a search for each of them would take minutes")]
    fn a_body_full_of_members_holds_nobody_up() {
        let body: String = (0..40_000).map(|number| format!("Tags.member.{number}.Key=a&")).collect();
        let start = Instant::now();
        let form = Form::parse(body.as_bytes());

        let values = form.members("Tags").into_iter().filter_map(|name| form.value(&format!("{name}.Value")));

        assert_eq!(values.count(), 0);
        assert!(start.elapsed() < Duration::from_secs(10), "{:?}", start.elapsed());
    }
}
