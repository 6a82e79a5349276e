//! SAML providers of accounts, and the handle with which a test is the identity provider behind one.

use std::fmt;
use std::sync::Arc;

use leapp_core::{AccountId, Error, Secret};

use super::arn::SamlProviderArn;
use super::endpoints::sign_in_address;
use super::idp::{self, Idp, respond};
use super::key::{SamlKey, SigningKey, VerifyingKey};
use super::metadata::Metadata;
use super::pages::idp_name;
use super::response::Issuing;
use super::spec::{SamlAssertionSpec, SamlDamage};
use crate::aws::FakeAws;

/// What an account believes.
#[derive(Clone)]
pub(super) struct Provider {
    pub(super) entity_id: String,
    pub(super) keys: Keys,
}

#[derive(Clone)]
pub(super) enum Keys {
    /// Those of certificates that came with metadata.
    Foreign(Vec<VerifyingKey>),
    /// That of an identity provider in this world.
    Own(Arc<SigningKey>),
}

/// A SAML provider of an account, with the identity provider behind it.
///
/// ```
/// use std::sync::Arc;
/// use std::time::{Duration, SystemTime};
///
/// use leapp_core::AccountId;
/// use leapp_testkit::aws::{FakeAws, RoleSpec, SamlAssertionSpec};
/// use leapp_testkit::clock::ManualClock;
///
/// let aws = FakeAws::new(Arc::new(ManualClock::new(SystemTime::UNIX_EPOCH + Duration::from_secs(1_700_000_000))));
/// let account = AccountId::parse("111122223333")?;
/// let corp = aws.add_saml_provider(&account, "Corp");
/// let role = aws.add_role(RoleSpec::new(&account, "Dev").with_trusted(corp.arn().clone()));
///
/// let saml_assertion = corp.respond(&SamlAssertionSpec::new("alice").with_role(&role, corp.arn()));
///
/// // Send it with `AssumeRoleWithSAML`, beside the role's ARN and the provider's.
/// assert_eq!(corp.arn().as_str(), "arn:aws:iam::111122223333:saml-provider/Corp");
/// assert!(saml_assertion.expose().len() > 1000);
/// # Ok::<(), leapp_core::Error>(())
/// ```
#[derive(Clone)]
pub struct SamlProvider {
    aws: FakeAws,
    arn: SamlProviderArn,
    entity_id: String,
    key: Arc<SigningKey>,
}

impl FakeAws {
    /// Makes a SAML provider, or finds the one of that name.
    ///
    /// The identity provider behind it has the same name, and a key that is made when it first signs. Providers of one
    /// name in several accounts trust the same identity provider. Many tests make many keys, unless they share one:
    /// [`add_saml_provider_with_key`](Self::add_saml_provider_with_key).
    ///
    /// A test that has a browser lets it log in; one that has none calls [`SamlProvider::respond`].
    ///
    /// ```
    /// # use std::{sync::Arc, time::SystemTime};
    /// use leapp_core::{AccountId, Secret};
    /// use leapp_testkit::aws::{RoleSpec, SamlAssertionSpec};
    /// # use leapp_testkit::{aws::FakeAws, clock::ManualClock};
    ///
    /// # let aws = FakeAws::new(Arc::new(ManualClock::new(SystemTime::UNIX_EPOCH)));
    /// let account = AccountId::parse("111122223333")?;
    /// let corp = aws.add_saml_provider(&account, "Corp");
    /// let role = aws.add_role(RoleSpec::new(&account, "Dev").with_trusted(corp.arn().clone()));
    /// let alice = SamlAssertionSpec::new("alice").with_role(&role, corp.arn());
    /// corp.add_user("alice", Secret::new("made up for a test"), alice);
    ///
    /// // At `aws.listen()`, or wherever else the world answers:
    /// assert_eq!(corp.login_path(), "/idp/Corp");
    /// # Ok::<(), leapp_core::Error>(())
    /// ```
    ///
    /// # Panics
    /// When the name is not one that a SAML provider can have.
    pub fn add_saml_provider(&self, account_id: &AccountId, name: &str) -> SamlProvider {
        self.add_saml_provider_of(account_id, name, Arc::default())
    }

    /// Makes a SAML provider whose identity provider signs with this key, or finds the one of that name, which keeps
    /// the key that it has.
    ///
    /// # Panics
    /// When the name is not one that a SAML provider can have.
    pub fn add_saml_provider_with_key(
        &self,
        account_id: &AccountId,
        name: &str,
        key: &SamlKey,
    ) -> SamlProvider {
        self.add_saml_provider_of(account_id, name, Arc::clone(&key.0))
    }

    fn add_saml_provider_of(&self, account_id: &AccountId, name: &str, key: Arc<SigningKey>) -> SamlProvider {
        assert!(is_name(name), "{name:?} is not the name of a SAML provider");
        let world = &mut *self.world();
        let partition = world.accounts.partition(account_id);
        let idp = world.saml.idps.entry(name.to_owned());
        let idp = idp.or_insert_with(|| Idp::new(name, sign_in_address(partition), key));
        let (entity_id, key) = (idp.entity_id.clone(), Arc::clone(&idp.key));
        let arn = SamlProviderArn::new(partition, account_id, name);
        let provider = Provider { entity_id: entity_id.clone(), keys: Keys::Own(Arc::clone(&key)) };
        world.saml.providers.insert(arn.clone(), provider);
        SamlProvider { aws: self.clone(), arn, entity_id, key }
    }

    /// Makes a SAML provider from the metadata of an identity provider that is not part of the world, or replaces the
    /// one of that name. Responses signed with the key of one of its certificates are believed.
    ///
    /// # Errors
    /// [`ErrorKind::InvalidInput`](leapp_core::ErrorKind::InvalidInput) when the document is no metadata of an identity
    /// provider that signs.
    ///
    /// # Panics
    /// When the name is not one that a SAML provider can have.
    pub fn add_saml_provider_from_metadata(
        &self,
        account_id: &AccountId,
        name: &str,
        metadata: &str,
    ) -> Result<SamlProviderArn, Error> {
        assert!(is_name(name), "{name:?} is not the name of a SAML provider");
        let Metadata { entity_id, keys } = Metadata::parse(metadata)?;
        let world = &mut *self.world();
        let arn = SamlProviderArn::new(world.accounts.partition(account_id), account_id, name);
        world.saml.providers.insert(arn.clone(), Provider { entity_id, keys: Keys::Foreign(keys) });
        Ok(arn)
    }

    /// The key that the page at this path signs with, while it has to be made first.
    pub(in crate::aws) fn unmade_saml_key(&self, path: &str) -> Option<impl FnOnce() + Send + use<>> {
        let name = idp_name(path)?;
        let key = Arc::clone(&self.world().saml.idps.get(name)?.key);
        (!key.is_made()).then_some(move || key.make())
    }

    /// Deletes a SAML provider; from then on nothing comes in through it.
    pub fn delete_saml_provider(&self, provider_arn: &SamlProviderArn) {
        self.world().saml.providers.remove(provider_arn);
    }

    /// Accepts one more address as the recipient of responses, beside those of AWS's sign-in page: where a test, or this
    /// server's `/saml`, takes AWS's place.
    pub fn add_saml_sign_in_address(&self, address: &str) {
        self.world().saml.sign_in_addresses.insert(address.to_owned());
    }
}

impl SamlProvider {
    /// The provider's ARN.
    pub fn arn(&self) -> &SamlProviderArn {
        &self.arn
    }

    /// The identity provider's own name: the issuer of its responses.
    pub fn entity_id(&self) -> &str {
        &self.entity_id
    }

    /// The identity provider's metadata, as one gives it to IAM.
    pub fn metadata(&self) -> String {
        let address = format!("https://idp.example.com{}", self.login_path());
        super::metadata::write(&self.entity_id, &self.key.certificate(), &address)
    }

    /// Where its login page is, at every front of the world: `/idp/Corp`.
    pub fn login_path(&self) -> String {
        format!("/idp/{}", self.arn.name())
    }

    /// A response, in base64, as a browser posts it and as `AssumeRoleWithSAML` takes it.
    ///
    /// The identity provider's time is the clock's, whatever the offset of AWS's own.
    pub fn respond(&self, spec: &SamlAssertionSpec) -> Secret {
        let (ids, assertion_consumer) = {
            let world = &mut *self.aws.world();
            let idp = world.saml.idps.get(self.arn.name());
            let consumer = idp.map(|idp| idp.assertion_consumer.clone()).unwrap_or_default();
            (idp::ids(&mut world.mint), consumer)
        };
        let Self { aws, arn: _, entity_id, key } = self;
        let (assertion_consumer, now) = (&assertion_consumer, aws.clock.now());
        // Outside of the lock: the first signature waits for the key to be made.
        respond(&Issuing { entity_id, assertion_consumer, key, now, ids }, spec)
    }

    /// Adds a user of the login page, or replaces the one of that name, with what the responses for the user say.
    pub fn add_user(&self, user_name: &str, password: Secret, spec: SamlAssertionSpec) {
        if spec.damage == Some(SamlDamage::WrongKey) {
            SigningKey::strangers().make();
        }
        if let Some(idp) = self.aws.world().saml.idps.get_mut(self.arn.name()) {
            idp.add_user(user_name, password, spec);
        }
    }

    /// Sets the address that browsers take responses to, which is their recipient too. AWS's sign-in page at first;
    /// `http://127.0.0.1:PORT/saml` for that of a [`LoopbackServer`](crate::aws::LoopbackServer).
    pub fn set_assertion_consumer(&self, address: &str) {
        let world = &mut *self.aws.world();
        world.saml.sign_in_addresses.insert(address.to_owned());
        if let Some(idp) = world.saml.idps.get_mut(self.arn.name()) {
            idp.assertion_consumer = address.to_owned();
        }
    }
}

impl fmt::Debug for SamlProvider {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SamlProvider").field("arn", &self.arn.as_str()).finish_non_exhaustive()
    }
}

impl Keys {
    /// Empty when the identity provider has not signed anything yet.
    pub(super) fn verifying(&self) -> Vec<VerifyingKey> {
        match self {
            Self::Foreign(keys) => keys.clone(),
            Self::Own(key) => key.verifying_key().into_iter().collect(),
        }
    }
}

/// [CreateSAMLProvider](https://docs.aws.amazon.com/IAM/latest/APIReference/API_CreateSAMLProvider.html).
fn is_name(name: &str) -> bool {
    (1..=128).contains(&name.len())
        && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"._-".contains(&byte))
}
