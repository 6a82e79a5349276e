//! The reference backends keep their contracts.

use std::time::{Duration, SystemTime};

use async_trait::async_trait;
use leapp_core::{Clock, CredentialSink, MemorySink, ProfileName, SessionCredentials, SystemClock};
use leapp_testkit::clock::{AcceleratedClock, ManualClock};
use leapp_testkit::conformance::clock::ClockHarness;
use leapp_testkit::conformance::sink::{ReadBack, SinkHarness};

mod memory_vault {
    leapp_testkit::vault_tests!(leapp_core::MemoryVault::new);
}

mod memory_sink {
    leapp_testkit::sink_tests!(super::Memory::default);
}

mod system_clock {
    leapp_testkit::clock_tests!(|| super::RealTime(leapp_core::SystemClock::new()));
}

mod manual_clock {
    leapp_testkit::clock_tests!(|| super::ByHand::new(Clone::clone));
}

mod accelerated_manual_clock {
    use leapp_testkit::clock::AcceleratedClock;

    leapp_testkit::clock_tests!(|| super::ByHand::new(|time| AcceleratedClock::new(time.clone(), 7)));
}

mod accelerated_system_clock {
    use leapp_testkit::clock::AcceleratedClock;

    leapp_testkit::clock_tests!(|| super::RealTime(AcceleratedClock::new(leapp_core::SystemClock::new(), 5)));
}

#[derive(Default)]
struct Memory(MemorySink);

#[async_trait]
impl SinkHarness for Memory {
    fn sink(&self) -> &dyn CredentialSink {
        &self.0
    }

    async fn read(&self, profile: &ProfileName) -> Option<ReadBack> {
        let published = self.0.read(profile)?;
        Some(ReadBack {
            access_key_id: published.credentials.access_key_id().to_string(),
            secret_access_key: published.credentials.secret_access_key().expose().to_owned(),
            session_token: published.credentials.session_token().expose().to_owned(),
            expiration: Some(published.credentials.expiration()),
            region: published.region.map(|region| region.to_string()),
        })
    }

    async fn write_by_hand(&self, profile: &ProfileName, credentials: &SessionCredentials) -> bool {
        self.0.write_by_hand(profile.clone(), credentials.clone());
        true
    }

    async fn snapshot(&self) -> Vec<u8> {
        let profiles = self.0.profiles();
        let tokens = profiles.iter().map(|(_, published)| published.credentials.session_token().expose());
        format!("{profiles:?} {:?}", tokens.collect::<Vec<_>>()).into_bytes()
    }
}

/// A clock that nothing but the machine moves.
struct RealTime<C>(C);

#[async_trait]
impl<C: Clock> ClockHarness for RealTime<C> {
    fn clock(&self) -> &dyn Clock {
        &self.0
    }

    async fn pass(&self, duration: Duration) {
        tokio::time::sleep(duration).await;
    }

    fn set_wall(&self, _: SystemTime) -> bool {
        false
    }
}

/// A clock over one that is moved by hand.
struct ByHand<C> {
    clock: C,
    time: ManualClock,
}

impl<C: Clock> ByHand<C> {
    fn new(over: impl FnOnce(&ManualClock) -> C) -> Self {
        let time = ManualClock::new(SystemTime::UNIX_EPOCH + Duration::from_secs(1_900_000_000));
        Self { clock: over(&time), time }
    }
}

#[async_trait]
impl<C: Clock> ClockHarness for ByHand<C> {
    fn clock(&self) -> &dyn Clock {
        &self.clock
    }

    async fn pass(&self, duration: Duration) {
        self.time.advance(duration);
    }

    fn set_wall(&self, now: SystemTime) -> bool {
        self.time.set_wall(now);
        true
    }
}

#[test]
fn an_accelerated_clock_runs_at_its_factor() {
    let time = ManualClock::new(SystemTime::UNIX_EPOCH);
    let clock = AcceleratedClock::new(time.clone(), 60);
    time.advance(Duration::from_secs(2));
    assert_eq!(clock.elapsed(), Duration::from_secs(120));
    assert_eq!(clock.now(), SystemTime::UNIX_EPOCH + Duration::from_secs(120));
}

#[test]
fn the_system_clock_gives_the_present() {
    let since = SystemClock::new().now().duration_since(SystemTime::UNIX_EPOCH).expect("after 1970");
    assert!(since > Duration::from_secs(1_700_000_000), "{since:?}");
}
