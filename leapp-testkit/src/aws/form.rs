//! The parameters of a request.

use std::collections::BTreeSet;

use hyper::body::Bytes;

/// Parameters in the order they came; the first of a name counts.
pub(super) struct Form(Vec<(String, String)>);

impl Form {
    /// Reads the body, or the address of a `GET`.
    pub(super) fn parse(request: &http::Request<Bytes>) -> Self {
        let text = match *request.method() {
            http::Method::GET => request.uri().query().unwrap_or_default().as_bytes(),
            _ => request.body().as_ref(),
        };
        Self(form_urlencoded::parse(text).into_owned().collect())
    }

    pub(super) fn value(&self, name: &str) -> Option<&str> {
        self.0.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }

    /// The names under which the members of a list stand: `Tags.member.1`, `Tags.member.2` and so on.
    pub(super) fn members(&self, list: &str) -> Vec<String> {
        let numbers: BTreeSet<u32> = self.0.iter().filter_map(|(key, _)| member_number(key, list)).collect();
        numbers.into_iter().map(|number| format!("{list}.member.{number}")).collect()
    }
}

fn member_number(key: &str, list: &str) -> Option<u32> {
    let rest = key.strip_prefix(list)?.strip_prefix(".member.")?;
    rest.split('.').next()?.parse().ok()
}
