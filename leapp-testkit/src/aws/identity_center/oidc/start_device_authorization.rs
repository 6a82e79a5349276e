//! `StartDeviceAuthorization`: a code for the client and a code for the person.

use std::time::Duration;

use serde_json::{Value, json};

use super::input::Input;
use super::{authenticate, refusal};
use crate::aws::identity_center::client::GrantType;
use crate::aws::identity_center::device::{Decision, Device};
use crate::aws::identity_center::region::region_of;
use crate::aws::identity_center::{pages, words};
use crate::aws::incoming::Incoming;
use crate::aws::refusal::Refusal;
use crate::aws::world::World;

/// No vowels: a code is never a word.
const CONSONANTS: &[u8] = b"BCDFGHJKLMNPQRSTVWXZ";
const LIFETIME: Duration = Duration::from_secs(600);

pub(super) fn answer(incoming: &Incoming<'_>, input: &Input, world: &mut World) -> Result<Value, Refusal> {
    let start_url = input.required("startUrl")?;
    let (client, client_id) = authenticate(incoming, input, world)?;
    let can_use_devices = client.grant_types.contains(&GrantType::DeviceCode);
    world.checking("grant type");
    if !can_use_devices {
        return Err(refusal::unauthorized_client());
    }
    world.checking("start URL");
    let instance = world.identity_center.instance_number(start_url);
    let instance = instance.ok_or_else(|| refusal::invalid_request("Invalid start url provided"))?;

    let seconds = world.identity_center.instances[instance].spec.polling_interval;
    let device_code = words::secret(&mut world.mint, 150);
    let user_code = [4, 4].map(|length| world.mint.text(CONSONANTS, length)).join("-");
    let device = Device {
        client_id,
        instance,
        // Whether it is the instance's comes out when the person has signed in: in AWS the refusal is theirs to read.
        region: region_of(incoming.host()).map(str::to_owned),
        expires_at: incoming.now + LIFETIME,
        interval: Duration::from_secs(seconds.into()),
        polled_at: None,
        decision: Decision::Pending,
    };
    world.identity_center.devices.add(device_code.expose(), &user_code, device);
    let verification_uri = format!("{}{}", incoming.origin(), pages::DEVICE);
    Ok(json!({
        "deviceCode": device_code.expose(),
        "expiresIn": LIFETIME.as_secs(),
        "interval": seconds,
        "userCode": user_code,
        "verificationUri": verification_uri,
        "verificationUriComplete": format!("{verification_uri}?user_code={user_code}"),
    }))
}
