//! What a person decides, on a page or in a test that has no browser.

use std::time::SystemTime;

use leapp_core::{Error, ErrorKind, Secret};

use super::authorization_code::{AuthorizationCode, LIFETIME};
use super::device::Decision;
use super::oidc::refusal;
use super::pages::Authorization;
use super::{Digest, words};
use crate::aws::FakeAws;
use crate::aws::form::Form;
use crate::aws::refusal::Refusal;
use crate::aws::world::World;

impl FakeAws {
    /// A person signs in and allows the device that shows this code.
    ///
    /// # Errors
    /// [`ErrorKind::NotFound`] when no device waits under the code or the instance has no such person;
    /// [`ErrorKind::Expired`] when the code is too old; [`ErrorKind::AccessDenied`] when the client asked in a Region that
    /// is not the instance's, which AWS says only now.
    pub fn approve_device(&self, user_code: &str, user_name: &str) -> Result<(), Error> {
        self.decide(user_code, Some(user_name))
    }

    /// A person denies the device that shows this code.
    ///
    /// # Errors
    /// As [`approve_device`](Self::approve_device).
    pub fn deny_device(&self, user_code: &str) -> Result<(), Error> {
        self.decide(user_code, None)
    }

    /// A person opens an authorize URL, signs in and allows it. Returns the address that the browser is sent to: the
    /// client's, with a code, or with the error that the request deserves.
    ///
    /// # Errors
    /// [`ErrorKind::InvalidInput`] when it is not an authorize URL, or asks for what sends the browser nowhere: an unknown
    /// client, or an address that the client did not register. [`ErrorKind::NotFound`] when the instance has no such person.
    pub fn approve_authorization(&self, authorize_url: &str, user_name: &str) -> Result<Secret, Error> {
        self.authorize(authorize_url, Some(user_name))
    }

    /// A person opens an authorize URL and denies it. Returns the address that the browser is sent to.
    ///
    /// # Errors
    /// As [`approve_authorization`](Self::approve_authorization).
    pub fn deny_authorization(&self, authorize_url: &str) -> Result<Secret, Error> {
        self.authorize(authorize_url, None)
    }

    fn decide(&self, user_code: &str, user: Option<&str>) -> Result<(), Error> {
        let world = &mut *self.world();
        let now = self.now(world);
        let center = &mut world.identity_center;
        let device = center.devices.by_user_code(user_code).filter(|device| device.is_pending());
        let device =
            device.ok_or_else(|| Error::new(ErrorKind::NotFound, "no device waits under this code"))?;
        if device.is_expired(now) {
            return Err(Error::new(ErrorKind::Expired, "the user code is past its expiration"));
        }
        let instance = device.instance;
        check_user(world, instance, user)?;
        decide(world, user_code, user.map(str::to_owned), now)
            .map_err(|refusal| Error::new(ErrorKind::AccessDenied, refusal.message()))
    }

    fn authorize(&self, authorize_url: &str, user: Option<&str>) -> Result<Secret, Error> {
        let invalid = |message: &str| Error::new(ErrorKind::InvalidInput, message);
        let uri: http::Uri =
            authorize_url.parse().map_err(|_| invalid("the authorize URL is not an address"))?;
        if uri.path() != super::pages::AUTHORIZE {
            return Err(invalid("the address is not that of the authorize page"));
        }
        let world = &mut *self.world();
        let now = self.now(world);
        let query = Form::parse(uri.query().unwrap_or_default().as_bytes());
        let authorization =
            Authorization::parse(&query, uri.host().unwrap_or_default(), &world.identity_center)
                .map_err(|refusal| invalid(refusal.message()))?;
        check_user(world, authorization.instance, user)?;
        let location = match authorization.error() {
            Some(error) => authorization.refused(error),
            None => authorize(world, &authorization, user.map(str::to_owned), now),
        };
        Ok(Secret::new(location))
    }
}

fn check_user(world: &World, instance: usize, user: Option<&str>) -> Result<(), Error> {
    if user.is_none_or(|user| world.identity_center.instances[instance].has_user(user)) {
        return Ok(());
    }
    Err(Error::new(ErrorKind::NotFound, "the instance has no user of that name"))
}

/// Settles what a device is told, once. Nobody means no.
pub(super) fn decide(
    world: &mut World,
    user_code: &str,
    user: Option<String>,
    now: SystemTime,
) -> Result<(), Refusal> {
    let center = &mut world.identity_center;
    let device = center.devices.by_user_code(user_code).filter(|device| !device.is_expired(now));
    let device = device.filter(|device| device.is_pending()).ok_or_else(refusal::invalid_grant)?;
    let asked = device.region.as_deref();
    let region = center.instances[device.instance].spec.region.as_str();
    // https://github.com/aws/aws-cli/issues/5058: the client got its codes, and "Allow" fails.
    if user.is_some() && asked.is_some_and(|asked| asked != region) {
        return Err(refusal::invalid_grant());
    }
    device.decision = user.map_or(Decision::Denied, |user| Decision::Allowed { user });
    Ok(())
}

/// Where the browser goes from the authorize page. Nobody means no.
pub(super) fn authorize(
    world: &mut World,
    authorization: &Authorization,
    user: Option<String>,
    now: SystemTime,
) -> String {
    let Some(user) = user else { return authorization.refused("access_denied") };
    let code = words::secret(&mut world.mint, 96);
    let granted = AuthorizationCode {
        client_id: authorization.client_id.clone(),
        redirect_uri: authorization.redirect_uri.as_str().to_owned(),
        code_challenge: authorization.code_challenge.clone(),
        instance: authorization.instance,
        user,
        expires_at: now + LIFETIME,
        login: None,
    };
    world.identity_center.codes.insert(Digest::of(code.expose()), granted);
    authorization.granted(code.expose())
}
