//! What exists: users, keys, devices, roles, and the sets that were issued.

use std::collections::{BTreeMap, HashMap};
use std::time::SystemTime;

use leapp_core::{AccessKey, AccessKeyId, RoleArn, Secret, SerialNumber};

use super::fault::Script;
use super::mfa::{Device, MfaDevice};
use super::mint::Mint;
use super::principal::{Principal, UserArn};
use super::request::Request;
use super::role::{Role, RoleSpec};

pub(super) struct World {
    pub(super) mint: Mint,
    pub(super) script: Script,
    pub(super) session_token_size: usize,
    pub(super) requests: Vec<Request>,
    users: BTreeMap<UserArn, String>,
    keys: HashMap<String, Key>,
    devices: BTreeMap<SerialNumber, Device>,
    roles: BTreeMap<RoleArn, Role>,
}

/// What stands behind an access key id, long-lived or temporary.
pub(super) struct Key {
    pub(super) secret_access_key: Secret,
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
            session_token_size: 800,
            requests: Vec::new(),
            users: BTreeMap::new(),
            keys: HashMap::new(),
            devices: BTreeMap::new(),
            roles: BTreeMap::new(),
        }
    }

    pub(super) fn add_user(&mut self, user: &UserArn) {
        if !user.is_root() && !self.users.contains_key(user) {
            self.users.insert(user.clone(), self.mint.unique_id("AIDA"));
        }
    }

    pub(super) fn add_access_key(&mut self, user: &UserArn) -> AccessKey {
        self.add_user(user);
        let (access_key, key) = self.mint.access_key(Principal::User(user.clone()));
        self.keys.insert(access_key.access_key_id().as_str().to_owned(), key);
        access_key
    }

    pub(super) fn delete_access_key(&mut self, access_key_id: &AccessKeyId) {
        self.keys.remove(access_key_id.as_str());
    }

    pub(super) fn add_mfa_device(&mut self, user: &UserArn) -> MfaDevice {
        self.add_user(user);
        let count = self.devices.values().filter(|device| device.is_of(user)).count();
        let device = MfaDevice::new(user, count, self.mint.totp_seed());
        self.devices.insert(device.serial_number().clone(), Device::new(user, &device));
        device
    }

    pub(super) fn add_role(&mut self, spec: RoleSpec) -> RoleArn {
        let role_arn = spec.role_arn();
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
        let set = IssuedSet {
            access_key_id: self.mint.access_key_id("ASIA"),
            secret_access_key: self.mint.secret_access_key(),
            session_token: self.mint.session_token(self.session_token_size.max(least_token_size)),
            expiration,
        };
        let session = SessionPart { session_token: set.session_token.clone(), expiration, is_mfa_present };
        let key = Key { secret_access_key: set.secret_access_key.clone(), principal, session: Some(session) };
        self.keys.insert(set.access_key_id.as_str().to_owned(), key);
        set
    }
}
