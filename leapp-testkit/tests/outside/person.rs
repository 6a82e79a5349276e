//! A person at Debian's Chromium: what they do, in order, and what came of it.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::{Value, json};

use crate::node;

/// A plan; nothing happens before [`Person::goes`].
pub(crate) struct Person {
    steps: Vec<Value>,
    runs_scripts: bool,
}

/// What there is at the end.
#[derive(Debug, Deserialize)]
pub(crate) struct End {
    /// Of the page that is open.
    pub(crate) url: String,
    /// The addresses of what is shown within that page.
    pub(crate) frames: Vec<String>,
    /// All forms that were sent.
    pub(crate) posts: Vec<Post>,
    /// What the browser refused because a page's own policy says so.
    pub(crate) violations: Vec<String>,
}

#[derive(Debug, Deserialize)]
pub(crate) struct Post {
    pub(crate) url: String,
    pub(crate) fields: BTreeMap<String, String>,
}

impl Person {
    pub(crate) fn opens(url: &str) -> Self {
        Self { steps: Vec::new(), runs_scripts: true }.step("opens", json!(url))
    }

    /// Their browser runs no scripts.
    pub(crate) fn without_scripts(self) -> Self {
        Self { runs_scripts: false, ..self }
    }

    pub(crate) fn types(self, label: &str, text: &str) -> Self {
        self.step("types", json!([label, text]))
    }

    /// One of several, by its label.
    pub(crate) fn chooses(self, label: &str) -> Self {
        self.step("chooses", json!(label))
    }

    pub(crate) fn clicks(self, button: &str) -> Self {
        self.step("clicks", json!(button))
    }

    /// Waits until a text stands on the page.
    pub(crate) fn sees(self, text: &str) -> Self {
        self.step("sees", json!(text))
    }

    /// Then another address.
    pub(crate) fn then_opens(self, url: &str) -> Self {
        self.step("opens", json!(url))
    }

    /// Does all that, in a browser that was never used before.
    pub(crate) fn goes(self) -> End {
        let plan = json!({ "steps": self.steps, "runs_scripts": self.runs_scripts });
        let output = node::run("person.mjs", &plan.to_string());
        let complained = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{}: {complained}", output.status);
        serde_json::from_slice(&output.stdout).unwrap()
    }

    fn step(mut self, verb: &str, what: Value) -> Self {
        self.steps.push(json!([verb, what]));
        self
    }
}

impl End {
    /// The response that was taken to an address.
    pub(crate) fn saml_response(&self, url: &str) -> &str {
        let mut posts = self.posts.iter().filter(|post| post.url == url);
        posts.find_map(|post| post.fields.get("SAMLResponse")).unwrap()
    }
}
