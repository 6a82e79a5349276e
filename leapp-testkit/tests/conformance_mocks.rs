//! The mocks stand where the contracts are asked for.
#![expect(clippy::unwrap_used, reason = "a failed test says where")]

use std::time::SystemTime;

use leapp_core::{
    Challenge, CredentialSink, Error, ErrorKind, IssueRequest, Issued, Principal, Refresh, Responder,
    SerialNumber, SessionId, SessionKind, SessionProvider, Vault, VaultItem, VaultKey,
};
use leapp_testkit::mocks::{MockProvider, MockResponder, MockSink, MockVault};

fn alice() -> SessionId {
    SessionId::parse("alice").unwrap()
}

fn challenge() -> Challenge {
    Challenge::token_code(alice(), SerialNumber::parse("GAHT12345678").unwrap())
}

#[tokio::test]
async fn a_provider_is_called_with_its_request() {
    let mut provider = MockProvider::new();
    provider.expect_source().return_const(None);
    provider.expect_kind().return_const(SessionKind::new("Toy", Principal::User, Refresh::Reuse));
    provider.expect_on_cache_key().returning(|_| Ok(None));
    provider.expect_on_issue().times(1).returning(|request| {
        assert_eq!(request.session, &alice());
        Ok(Issued::Challenge(challenge()))
    });
    let provider: &dyn SessionProvider = &provider;
    let (session, vault) = (alice(), MockVault::new());
    let request = IssueRequest::new(&session, SystemTime::UNIX_EPOCH, &vault);
    assert_eq!((provider.source(), provider.kind().name), (None, "Toy"));
    assert!(provider.cache_key(&request).await.unwrap().is_none());
    assert!(
        matches!(provider.issue(&request).await.unwrap(), Issued::Challenge(asked) if asked == challenge())
    );
}

#[tokio::test]
async fn a_vault_a_sink_and_a_responder_fail_as_told() {
    let locked = |what: &str| Error::new(ErrorKind::Locked, what);
    let mut vault = MockVault::new();
    vault.expect_get().times(1).returning(move |_| Err(locked("cannot read")));
    let found = vault.get(&VaultKey::new(alice(), VaultItem::AccessKey)).await;
    assert_eq!(found.unwrap_err().kind(), ErrorKind::Locked);

    let mut sink = MockSink::new();
    sink.expect_apply().withf(<[_]>::is_empty).returning(move |_| Err(locked("cannot write")));
    assert!(sink.apply(&[]).await.is_err());

    let mut responder = MockResponder::new();
    responder.expect_respond().returning(|_| Ok(None));
    assert!(responder.respond(&challenge()).await.unwrap().is_none());
}

#[test]
#[should_panic(expected = "MockVault::delete")]
fn a_call_that_nobody_expects_is_a_failure() {
    let vault = MockVault::new();
    let key = VaultKey::new(alice(), VaultItem::AccessKey);
    drop(leapp_testkit::conformance::block_on(vault.delete(&key)));
}
