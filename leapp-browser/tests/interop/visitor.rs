//! Alice, who is known to an identity provider that others wrote: what must hold whoever wrote it.

use std::time::Duration;

use data_encoding::BASE64;
use leapp_browser::Browser;
use leapp_core::RoleArn;
use leapp_testkit::aws::SamlProviderArn;

use crate::aws::Aws;
use crate::person::{AWS, alice, challenge, log_in, nobody};

/// Who she is to AWS then.
const ALICE: &str = "arn:aws:sts::111122223333:assumed-role/Dev/alice@example.com";

/// The account's side of it: a provider, made from the metadata, and the role `Dev` that trusts it.
pub(crate) struct Visited<'a> {
    pub(crate) aws: &'a Aws,
    pub(crate) role: RoleArn,
    pub(crate) provider: SamlProviderArn,
}

impl<'a> Visited<'a> {
    pub(crate) fn new(aws: &'a Aws, name: &str, metadata: &str) -> Self {
        let provider = aws.fake.add_saml_provider_from_metadata(&aws.account, name, metadata).unwrap();
        Self { aws, role: aws.role(&provider), provider }
    }

    /// She logs in once, and comes in; then nobody has to, where her browser's profile is.
    pub(crate) async fn assert_she_logs_in_once(&self, login_url: &str, browser: &Browser) {
        let home = tempfile::tempdir().unwrap();
        let challenge = challenge(login_url, AWS);
        let attended = alice(browser.clone()).with_kept_profiles(home.path());
        let first = log_in(&attended, &challenge).await.unwrap().unwrap();
        assert_eq!(self.redeem(&first).await.as_deref(), Ok(ALICE));

        let kept = nobody(browser.clone()).with_kept_profiles(home.path()).silent_only();
        let second = log_in(&kept, &challenge).await.unwrap().unwrap();
        assert_ne!(second, first);
        assert_eq!(self.redeem(&second).await.as_deref(), Ok(ALICE));

        let elsewhere = nobody(browser.clone()).silent_only().with_silent_limit(Duration::from_secs(5));
        assert_eq!(log_in(&elsewhere, &challenge).await.unwrap(), None, "she is known there alone");
    }

    /// What the provider signed cannot be said in another way.
    pub(crate) async fn assert_changes_are_refused(&self, assertion: &str) {
        let document = String::from_utf8(BASE64.decode(assertion.as_bytes()).unwrap()).unwrap();
        for (part, other) in [("role/Dev,", "role/Dew,"), ("alice@", "alicf@"), (">7200<", ">7201<")] {
            let changed = document.replacen(part, other, 1);
            assert_ne!(changed, document, "{part}: {document}");
            let refused = self.redeem(&BASE64.encode(changed.as_bytes())).await.unwrap_err();
            assert!(refused.contains("Response signature invalid"), "{part}: {refused}");
        }
    }

    /// The ARN of the session that a response opens, or what STS says instead.
    pub(crate) async fn redeem(&self, assertion: &str) -> Result<String, String> {
        self.aws.ask(&self.role, &self.provider, assertion).await
    }
}
