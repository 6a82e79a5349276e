//! The credentials in a request: `{"sessionId": .., "sessionKey": .., "sessionToken": ..}`.

use std::time::SystemTime;

use leapp_core::Secret;
use serde_json::Value;
use subtle::ConstantTimeEq;

use super::{bad_request, host, invalid_credentials};
use crate::aws::incoming::Incoming;
use crate::aws::principal::Principal;
use crate::aws::refusal::Refusal;
use crate::aws::world::World;

/// Well-formed, and not yet believed.
pub(super) struct Session {
    session_id: String,
    session_key: Secret,
    session_token: Secret,
}

/// Who stands behind the credentials, and until when.
pub(super) struct Believed {
    pub(super) principal: Principal,
    pub(super) expiration: SystemTime,
}

impl Session {
    pub(super) fn parse(text: Option<&str>) -> Result<Self, Refusal> {
        let text = text.ok_or_else(|| bad_request("Missing session parameter"))?;
        let json: Value = serde_json::from_str(text).map_err(|_| invalid_credentials())?;
        let member = |name: &str| json.get(name).and_then(Value::as_str).ok_or_else(invalid_credentials);
        Ok(Self {
            session_id: member("sessionId")?.to_owned(),
            session_key: Secret::new(member("sessionKey")?),
            session_token: Secret::new(member("sessionToken")?),
        })
    }

    /// Public reports of refused credentials name one status for all of them, and no reason.
    pub(super) fn verify(self, incoming: &Incoming<'_>, world: &mut World) -> Result<Believed, Refusal> {
        world.checking("access key");
        let key = world.key(&self.session_id).ok_or_else(invalid_credentials)?;
        let set = key.session.as_ref().ok_or_else(invalid_credentials)?;
        let is_key = is_same(key.signing_key.secret_access_key(), &self.session_key);
        let is_token = is_same(&set.session_token, &self.session_token);
        let (principal, expiration) = (key.principal.clone(), set.expiration);
        world.checking("secret access key");
        if !is_key {
            return Err(invalid_credentials());
        }
        world.checking("session token");
        if !is_token || incoming.now >= expiration {
            return Err(invalid_credentials());
        }
        world.checking("partition");
        if host::is_of_another_partition(incoming.host(), principal.partition()) {
            return Err(invalid_credentials());
        }
        Ok(Believed { principal, expiration })
    }
}

fn is_same(one: &Secret, other: &Secret) -> bool {
    one.expose().as_bytes().ct_eq(other.expose().as_bytes()).into()
}
