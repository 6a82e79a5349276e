//! A login by a code that this machine shows and a person confirms in a browser anywhere.
//!
//! See [RFC 8628](https://www.rfc-editor.org/rfc/rfc8628).

use std::time::Duration;

use super::oidc::{self, DeviceAuthorization, Refused};
use super::record::{Registration, Token};
use super::{LoginHost, LoginPage, PortalLogin, beside};

/// What a server that says "slow down" adds to the interval, for this and all polls that follow.
const SLOWER_BY: Duration = Duration::from_secs(5);
/// A page that is good for longer than a person takes is a server's mistake. AWS's are good for ten minutes.
const LONGEST: Duration = Duration::from_secs(15 * 60);
/// Where the server cannot be reached, the wait grows to this.
const LONGEST_PAUSE: Duration = Duration::from_secs(30);

pub(super) async fn obtain(
    portal: &PortalLogin,
    host: &LoginHost,
    registration: &Registration,
) -> Result<Token, Refused> {
    let (sso, session, clock) = (&portal.sso, &portal.session, &host.clock);
    let now = clock.now();
    let device = oidc::start_device_authorization(sso, session, registration, &portal.start_url, now).await?;
    let lifetime = device.lifetime.min(LONGEST);
    let page = portal.page(host, device.verification_url.clone(), Some(device.user_code.clone()));
    let page = LoginPage { expiration: now + lifetime, ..page };
    beside(host.prompt.show(&page), poll(portal, host, registration, &device, lifetime)).await
}

async fn poll(
    portal: &PortalLogin,
    host: &LoginHost,
    registration: &Registration,
    device: &DeviceAuthorization,
    lifetime: Duration,
) -> Result<Token, Refused> {
    let (sso, session, clock) = (&portal.sso, &portal.session, &host.clock);
    let mut interval = device.interval;
    // The time that passes, whatever is done to the clock. The server's own word comes first where the machine slept.
    let ends_at = clock.elapsed().saturating_add(lifetime);
    let mut pause = interval;
    while clock.elapsed() < ends_at {
        clock.sleep(pause.min(ends_at.saturating_sub(clock.elapsed()))).await;
        let outcome =
            oidc::redeem_device_code(sso, session, registration, &device.device_code, clock.now()).await;
        let refused = match outcome {
            Ok(token) => return Ok(token),
            Err(refused) => refused,
        };
        match refused.code.as_deref() {
            Some("AuthorizationPendingException") => pause = interval,
            Some("SlowDownException") => {
                interval += SLOWER_BY;
                pause = interval;
            }
            Some("AccessDeniedException") => return Err(portal.declined().with_source(refused.error).into()),
            Some("ExpiredTokenException") => {
                return Err(portal.not_in_time().with_source(refused.error).into());
            }
            // A person is at it: a link that is down for a moment does not send them back to the start.
            _ if refused.error.is_retryable() => pause = (pause * 2).min(LONGEST_PAUSE).max(interval),
            _ => return Err(refused),
        }
    }
    Err(portal.not_in_time().into())
}
