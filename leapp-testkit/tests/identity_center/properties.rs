//! Whatever the order of the calls: no token that is not due.

use std::collections::BTreeSet;
use std::time::Duration;

use aws_sdk_ssooidc::operation::register_client::RegisterClientOutput;
use leapp_core::Clock as _;
use leapp_testkit::cases::times_as_many;
use proptest::prelude::*;

use crate::lab::Lab;

#[derive(Clone, Debug)]
enum Step {
    Advance(u64),
    Approve(usize),
    Deny(usize),
    Logout(usize),
    Poll { device: usize, client: usize },
    Refresh { token: usize, client: usize },
    Start { client: usize },
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let few = 0..4_usize;
    let client = 0..2_usize;
    let step = prop_oneof![
        1 => prop_oneof![Just(1), Just(6), Just(60), Just(600), Just(3600)].prop_map(Step::Advance),
        3 => few.clone().prop_map(Step::Approve),
        1 => few.clone().prop_map(Step::Deny),
        1 => (0..6_usize).prop_map(Step::Logout),
        4 => (few, client.clone()).prop_map(|(device, client)| Step::Poll { device, client }),
        4 => (0..6_usize, client.clone()).prop_map(|(token, client)| Step::Refresh { token, client }),
        2 => client.prop_map(|client| Step::Start { client }),
    ];
    prop::collection::vec(step, 1..40)
}

struct KnownDevice {
    client: usize,
    started_at: std::time::SystemTime,
    device_code: String,
    user_code: String,
    is_approved: bool,
    is_decided: bool,
    is_redeemed: bool,
}

struct KnownSet {
    client: usize,
    login: usize,
    access_token: String,
    refresh_token: String,
    is_renewed: bool,
    issued_at: std::time::SystemTime,
}

/// What has been seen, and what may happen for all that.
#[derive(Default)]
struct Seen {
    devices: Vec<KnownDevice>,
    sets: Vec<KnownSet>,
    logins: usize,
    ended: BTreeSet<usize>,
    texts: BTreeSet<String>,
}

async fn run(steps: Vec<Step>) -> usize {
    let lab = Lab::with(|spec| spec.with_portal_calls_per_second(1_000_000));
    let clients = [lab.register().await, lab.register().await];
    let mut seen = Seen::default();
    for step in steps {
        seen.take(&lab, &clients, step).await;
        for set in &seen.sets {
            let is_young = lab.now() < set.issued_at + Duration::from_secs(3600);
            let is_due = is_young && !seen.ended.contains(&set.login);
            let is_valid = lab.is_valid(&set.access_token).await;
            assert!(!is_valid || is_due, "a token that should be dead is alive");
        }
    }
    seen.sets.len()
}

impl Seen {
    async fn take(&mut self, lab: &Lab, clients: &[RegisterClientOutput], step: Step) {
        match step {
            Step::Advance(seconds) => lab.advance(seconds),
            Step::Approve(device) => self.decide(lab, device, true),
            Step::Deny(device) => self.decide(lab, device, false),
            Step::Logout(set) => self.log_out(lab, set).await,
            Step::Poll { device, client } => self.poll(lab, clients, device, client).await,
            Step::Refresh { token, client } => self.refresh(lab, clients, token, client).await,
            Step::Start { client } => {
                let device = lab.start_device(&clients[client]).await;
                self.devices.push(KnownDevice {
                    client,
                    started_at: lab.clock.now(),
                    device_code: device.device_code.unwrap(),
                    user_code: device.user_code.unwrap(),
                    is_approved: false,
                    is_decided: false,
                    is_redeemed: false,
                });
            }
        }
    }

    fn decide(&mut self, lab: &Lab, device: usize, is_approved: bool) {
        let Some(device) = self.devices.get_mut(device) else { return };
        let result = match is_approved {
            true => lab.aws.approve_device(&device.user_code, "alice"),
            false => lab.aws.deny_device(&device.user_code),
        };
        assert!(result.is_err() || !device.is_decided, "decided twice");
        if result.is_ok() {
            (device.is_decided, device.is_approved) = (true, is_approved);
        }
    }

    async fn log_out(&mut self, lab: &Lab, set: usize) {
        let Some(set) = self.sets.get(set) else { return };
        if lab.portal().logout().access_token(&set.access_token).send().await.is_ok() {
            self.ended.insert(set.login);
        }
    }

    async fn poll(&mut self, lab: &Lab, clients: &[RegisterClientOutput], device: usize, client: usize) {
        let Some(device) = self.devices.get_mut(device) else { return };
        let Ok(set) = lab.poll(&clients[client], &device.device_code).await else { return };
        assert!(device.is_approved && !device.is_redeemed && device.client == client);
        assert!(lab.now() < device.started_at + Duration::from_secs(600));
        device.is_redeemed = true;
        self.logins += 1;
        let login = self.logins;
        self.keep(lab, client, login, set.access_token.unwrap(), set.refresh_token.unwrap());
    }

    async fn refresh(&mut self, lab: &Lab, clients: &[RegisterClientOutput], token: usize, client: usize) {
        let Some(known) = self.sets.get_mut(token) else { return };
        let login = known.login;
        let result = lab.refresh(&clients[client], &known.refresh_token).await;
        let Ok(set) = result else {
            // A second use by its own client ends the login.
            if known.is_renewed && known.client == client {
                self.ended.insert(login);
            }
            return;
        };
        assert!(!known.is_renewed && known.client == client && !self.ended.contains(&login));
        known.is_renewed = true;
        self.keep(lab, client, login, set.access_token.unwrap(), set.refresh_token.unwrap());
    }

    fn keep(&mut self, lab: &Lab, client: usize, login: usize, access_token: String, refresh_token: String) {
        assert!(self.texts.insert(access_token.clone()) && self.texts.insert(refresh_token.clone()));
        let issued_at = lab.now();
        let is_renewed = false;
        self.sets.push(KnownSet { client, login, access_token, refresh_token, is_renewed, issued_at });
    }
}

fn block_on(steps: Vec<Step>) -> usize {
    tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(run(steps))
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(times_as_many(64)) })]

    #[test]
    fn no_order_of_calls_gives_out_what_is_not_due(steps in steps()) {
        block_on(steps);
    }
}

#[test]
fn the_usual_order_gives_out_what_is_due() {
    let usual = vec![
        Step::Start { client: 0 },
        Step::Approve(0),
        Step::Poll { device: 0, client: 0 },
        Step::Refresh { token: 0, client: 0 },
        Step::Refresh { token: 1, client: 0 },
    ];

    assert_eq!(block_on(usual), 3);
}
