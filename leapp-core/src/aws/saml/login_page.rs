//! Where a person logs in at an identity provider, and where that may post its response.

use super::sign_in::sign_in_urls;
use crate::{Question, Region};

/// A page of an identity provider's.
#[derive(Clone, Debug)]
pub(in crate::aws) struct LoginPage {
    login_url: String,
    other_sign_in_urls: Vec<String>,
}

impl LoginPage {
    pub(in crate::aws) fn new(login_url: String) -> Self {
        Self { login_url, other_sign_in_urls: Vec::new() }
    }

    /// Adds a page of AWS, beside the partition's global one and the Region's.
    pub(in crate::aws) fn with_sign_in_url(mut self, sign_in_url: String) -> Self {
        self.other_sign_in_urls.push(sign_in_url);
        self
    }

    pub(in crate::aws) fn question(&self, partition: &str, region: &Region) -> Question {
        let mut sign_in_urls = sign_in_urls(partition, region);
        sign_in_urls.extend_from_slice(&self.other_sign_in_urls);
        Question::SamlAssertion { login_url: self.login_url.clone(), sign_in_urls }
    }
}
