//! What a browser lets a page do: [Content Security Policy](https://www.w3.org/TR/CSP3/).

use aws_lc_rs::digest::{SHA256, digest};
use data_encoding::BASE64;

/// At first nothing but forms that lead to the server the page came from. No page is ever shown in a frame: a person
/// who decides sees where they are.
#[derive(Default)]
pub(super) struct PagePolicy {
    script: Option<&'static str>,
    leads_away: bool,
}

impl PagePolicy {
    /// For a page that runs this one script.
    pub(super) fn with_script(self, script: &'static str) -> Self {
        Self { script: Some(script), ..self }
    }

    /// For a page whose form ends elsewhere, at a client or at another's sign-in page.
    ///
    /// It names no address: Chromium holds every redirection behind the form to it, and where those lead is not ours
    /// to know.
    pub(super) fn leading_away(self) -> Self {
        Self { leads_away: true, ..self }
    }

    /// The value of `Content-Security-Policy`.
    pub(super) fn header(&self) -> String {
        let mut policy = "default-src 'none'; base-uri 'none'; frame-ancestors 'none'".to_owned();
        if let Some(script) = self.script {
            let hash = BASE64.encode(digest(&SHA256, script.as_bytes()).as_ref());
            policy.push_str(&format!("; script-src 'sha256-{hash}'"));
        }
        if !self.leads_away {
            policy.push_str("; form-action 'self'");
        }
        policy
    }
}
