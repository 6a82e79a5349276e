//! What exists: users, keys, devices, roles, and the sets that were issued.

use std::collections::{BTreeMap, HashMap};
use std::time::SystemTime;

use leapp_core::{AccessKey, AccessKeyId, AccountId, RoleArn, Secret, SerialNumber};

use super::account::Accounts;
use super::auth::SigningKey;
use super::fault::Script;
use super::iam::AccessKeys;
use super::identity_center::IdentityCenter;
use super::issued::Issued;
use super::mfa::{Device, MfaDevice};
use super::mint::Mint;
use super::oidc::OidcIssuers;
use super::principal::{Principal, UserArn};
use super::record::Record;
use super::role::{Role, RoleSpec};
use super::saml::Saml;
use super::sign_in::SignIn;

pub(super) struct World {
    pub(super) mint: Mint,
    pub(super) script: Script,
    pub(super) accounts: Accounts,
    pub(super) access_keys: AccessKeys,
    pub(super) identity_center: IdentityCenter,
    pub(super) session_token_size: usize,
    /// The service's clock against the world's, in seconds.
    pub(super) clock_offset: i64,
    /// Sets and tokens issued for this request are past their expiration.
    pub(super) issues_expired: bool,
    /// What was looked at for the request at hand.
    pub(super) checks: Vec<&'static str>,
    pub(super) record: Record,
    pub(super) oidc_issuers: OidcIssuers,
    pub(super) sign_in: SignIn,
    pub(super) saml: Saml,
    users: BTreeMap<UserArn, String>,
    keys: HashMap<String, Key>,
    issued: Issued,
    devices: BTreeMap<SerialNumber, Device>,
    roles: BTreeMap<RoleArn, Role>,
}

/// When a set expired that arrives expired: before any clock of a test.
const EXPIRED: SystemTime = SystemTime::UNIX_EPOCH;

/// What stands behind an access key id, long-lived or temporary.
pub(super) struct Key {
    pub(super) signing_key: SigningKey,
    pub(super) principal: Principal,
    pub(super) session: Option<SessionPart>,
}

/// What only temporary credentials have.
pub(super) struct SessionPart {
    pub(super) session_token: Secret,
    pub(super) expiration: SystemTime,
    pub(super) is_mfa_present: bool,
}

/// A set on its way to the caller.
pub(super) struct IssuedSet {
    pub(super) access_key_id: AccessKeyId,
    pub(super) secret_access_key: Secret,
    pub(super) session_token: Secret,
    pub(super) expiration: SystemTime,
}

impl World {
    pub(super) fn new() -> Self {
        Self {
            mint: Mint::new(),
            script: Script::default(),
            accounts: Accounts::default(),
            access_keys: AccessKeys::default(),
            identity_center: IdentityCenter::default(),
            session_token_size: 800,
            clock_offset: 0,
            issues_expired: false,
            checks: Vec::new(),
            record: Record::default(),
            oidc_issuers: OidcIssuers::default(),
            sign_in: SignIn::default(),
            saml: Saml::default(),
            users: BTreeMap::new(),
            keys: HashMap::new(),
            issued: Issued::default(),
            devices: BTreeMap::new(),
            roles: BTreeMap::new(),
        }
    }

    /// Notes for the record that something is looked at now.
    pub(super) fn checking(&mut self, what: &'static str) {
        self.checks.push(what);
    }

    /// The user of that name in the account's partition.
    pub(super) fn user_arn(&self, account_id: &AccountId, user_name: &str) -> UserArn {
        UserArn::new(self.accounts.partition(account_id), account_id, user_name)
    }

    pub(super) fn add_user(&mut self, user: &UserArn) {
        if !user.is_root() && !self.users.contains_key(user) {
            self.users.insert(user.clone(), self.mint.unique_id("AIDA"));
        }
    }

    pub(super) fn rename_user(&mut self, user: &UserArn, user_name: &str) -> UserArn {
        let renamed = user.renamed(user_name);
        assert!(!self.users.contains_key(&renamed), "there is a user {renamed} already");
        if let Some(unique_id) = self.users.remove(user) {
            self.users.insert(renamed.clone(), unique_id);
        }
        for key in self.keys.values_mut() {
            if let Principal::User(owner) = &mut key.principal
                && owner == user
            {
                *owner = renamed.clone();
            }
        }
        self.access_keys.rename_user(user, &renamed);
        self.devices.values_mut().for_each(|device| device.rename_user(user, &renamed));
        renamed
    }

    /// A key that every service knows at once.
    pub(super) fn add_access_key(&mut self, user: &UserArn, now: SystemTime) -> AccessKey {
        self.add_user(user);
        let access_key = self.mint_access_key(user);
        self.access_keys.add(user, access_key.access_key_id(), now);
        access_key
    }

    /// A key that services get to know as IAM's changes spread.
    pub(super) fn create_access_key(&mut self, user: &UserArn, now: SystemTime) -> AccessKey {
        let access_key = self.mint_access_key(user);
        self.access_keys.create(user, access_key.access_key_id(), now);
        access_key
    }

    fn mint_access_key(&mut self, user: &UserArn) -> AccessKey {
        let (access_key, key) = self.mint.access_key(Principal::User(user.clone()));
        self.keys.insert(access_key.access_key_id().as_str().to_owned(), key);
        access_key
    }

    /// A key that the user brought along. Whose key the id was before does not count any more.
    pub(super) fn add_known_access_key(&mut self, user: &UserArn, access_key: &AccessKey, now: SystemTime) {
        self.delete_access_key(access_key.access_key_id());
        self.add_user(user);
        self.access_keys.add(user, access_key.access_key_id(), now);
        let signing_key = SigningKey::new(access_key.secret_access_key().clone());
        let key = Key { signing_key, principal: Principal::User(user.clone()), session: None };
        self.keys.insert(access_key.access_key_id().as_str().to_owned(), key);
    }

    pub(super) fn delete_access_key(&mut self, access_key_id: &AccessKeyId) {
        self.keys.remove(access_key_id.as_str());
        self.access_keys.remove(access_key_id.as_str());
    }

    pub(super) fn add_mfa_device(&mut self, user: &UserArn) -> MfaDevice {
        self.add_user(user);
        let seed = self.mint.totp_seed();
        self.add_known_mfa_device(user, seed)
    }

    /// A device whose seed was checked.
    pub(super) fn add_known_mfa_device(&mut self, user: &UserArn, seed: Secret) -> MfaDevice {
        self.add_user(user);
        let count = self.devices.values().filter(|device| device.is_of(user)).count();
        let device = MfaDevice::new(user, count, seed);
        self.devices.insert(device.serial_number().clone(), Device::new(user, &device));
        device
    }

    pub(super) fn add_role(&mut self, spec: RoleSpec) -> RoleArn {
        let role_arn = spec.role_arn(self.accounts.partition(spec.account_id()));
        let role_id = match self.roles.get(&role_arn) {
            Some(role) => role.role_id.clone(),
            None => self.mint.unique_id("AROA"),
        };
        self.roles.insert(role_arn.clone(), Role { spec, role_id });
        role_arn
    }

    pub(super) fn delete_role(&mut self, role_arn: &RoleArn) {
        self.roles.remove(role_arn);
    }

    pub(super) fn key(&self, access_key_id: &str) -> Option<&Key> {
        self.keys.get(access_key_id)
    }

    /// The key of that id, if services accept it now.
    pub(super) fn accepted_key(&self, access_key_id: &str, now: SystemTime) -> Option<&Key> {
        self.key(access_key_id)
            .filter(|key| key.session.is_some() || self.access_keys.accepts(access_key_id, now))
    }

    pub(super) fn role(&self, role_arn: &RoleArn) -> Option<&Role> {
        self.roles.get(role_arn)
    }

    pub(super) fn device_mut(&mut self, serial_number: &SerialNumber) -> Option<&mut Device> {
        self.devices.get_mut(serial_number)
    }

    /// The unique id that `GetCallerIdentity` reports: the account's number for its root user.
    pub(super) fn user_id(&self, user: &UserArn) -> String {
        if user.is_root() {
            user.account_id().to_owned()
        } else {
            self.users.get(user).cloned().unwrap_or_default()
        }
    }

    /// Issues temporary credentials for a principal.
    pub(super) fn issue(
        &mut self,
        principal: Principal,
        expiration: SystemTime,
        is_mfa_present: bool,
        least_token_size: usize,
    ) -> IssuedSet {
        let expiration = if self.issues_expired { EXPIRED } else { expiration };
        let set = IssuedSet {
            access_key_id: self.mint.access_key_id("ASIA"),
            secret_access_key: self.mint.secret_access_key(),
            session_token: self.mint.session_token(self.session_token_size.max(least_token_size)),
            expiration,
        };
        let session = SessionPart { session_token: set.session_token.clone(), expiration, is_mfa_present };
        let signing_key = SigningKey::new(set.secret_access_key.clone());
        let key = Key { signing_key, principal, session: Some(session) };
        self.keys.insert(set.access_key_id.as_str().to_owned(), key);
        if let Some(oldest) = self.issued.add(&set.access_key_id) {
            self.delete_access_key(&oldest);
        }
        set
    }
}
