//! Mocks of the contracts, for a test that says what is called and how often.
//!
//! Prefer [`MemoryVault`](leapp_core::MemoryVault), [`MemorySink`](leapp_core::MemorySink) and a fake service: they keep
//! the contract. A mock does what it is told.
//!
//! ```
//! use leapp_core::{SessionId, Vault, VaultItem, VaultKey};
//! use leapp_testkit::{conformance::block_on, mocks::MockVault};
//!
//! let mut vault = MockVault::new();
//! vault.expect_get().times(1).returning(|_| Ok(None));
//! let key = VaultKey::new(SessionId::parse("alice")?, VaultItem::AccessKey);
//! assert!(block_on(vault.get(&key))?.is_none());
//! # Ok::<(), leapp_core::Error>(())
//! ```
#![expect(missing_docs, reason = "mockall writes the methods: expect_NAME, checkpoint and new")]

use async_trait::async_trait;
use leapp_core::{
    Answer, CacheKey, Challenge, Change, CredentialSink, Error, IssueRequest, Issued, Responder, Secret,
    SessionId, SessionKind, SessionProvider, Vault, VaultKey,
};
use mockall::mock;

mock! {
    /// A vault that does what it is told.
    #[derive(Debug)]
    pub Vault {}

    #[async_trait]
    impl Vault for Vault {
        async fn put(&self, key: &VaultKey, secret: &Secret) -> Result<(), Error>;
        async fn get(&self, key: &VaultKey) -> Result<Option<Secret>, Error>;
        async fn delete(&self, key: &VaultKey) -> Result<(), Error>;
    }
}

mock! {
    /// A sink that does what it is told.
    #[derive(Debug)]
    pub Sink {}

    #[async_trait]
    impl CredentialSink for Sink {
        async fn apply(&self, changes: &[Change]) -> Result<(), Error>;
    }
}

mock! {
    /// A provider that does what it is told.
    ///
    /// `expect_on_issue` and `expect_on_cache_key` say what [`issue`](SessionProvider::issue) and
    /// [`cache_key`](SessionProvider::cache_key) do; they take the request, whose lifetime keeps them from sharing a name.
    #[derive(Debug)]
    pub Provider {
        pub fn source(&self) -> Option<&'static SessionId>;
        pub fn kind(&self) -> SessionKind;
        pub fn on_cache_key<'a>(&self, request: &IssueRequest<'a>) -> Result<Option<CacheKey>, Error>;
        pub fn on_issue<'a>(&self, request: &IssueRequest<'a>) -> Result<Issued, Error>;
    }
}

#[async_trait]
impl SessionProvider for MockProvider {
    fn source(&self) -> Option<&SessionId> {
        Self::source(self)
    }

    fn kind(&self) -> SessionKind {
        Self::kind(self)
    }

    async fn cache_key(&self, request: &IssueRequest<'_>) -> Result<Option<CacheKey>, Error> {
        self.on_cache_key(request)
    }

    async fn issue(&self, request: &IssueRequest<'_>) -> Result<Issued, Error> {
        self.on_issue(request)
    }
}

mock! {
    /// A responder that does what it is told.
    #[derive(Debug)]
    pub Responder {}

    #[async_trait]
    impl Responder for Responder {
        async fn respond(&self, challenge: &Challenge) -> Result<Option<Answer>, Error>;
    }
}
