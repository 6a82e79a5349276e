//! What every laboratory begins with: a fake AWS, the clock of its world, which stands still, and either front.

use std::sync::Arc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use aws_sdk_sts::config::retry::RetryConfig;
use aws_sdk_sts::config::{BehaviorVersion, Region, SharedHttpClient};
use aws_smithy_async::time::TimeSource;
use leapp_core::Clock as _;
use leapp_testkit::aws::{FakeAws, LoopbackServer};
use leapp_testkit::clock::ManualClock;

/// Runs one test body twice: inside the process and on loopback.
macro_rules! on_both_fronts {
    ($(async fn $name:ident($lab:ident) $body:block)+) => {$(
        mod $name {
            use super::*;

            async fn check($lab: Lab) $body

            #[tokio::test]
            async fn in_process() {
                check(Lab::in_process()).await;
            }

            #[tokio::test]
            async fn on_loopback() {
                check(Lab::on_loopback().await).await;
            }
        }
    )+};
}

/// A world and the way to it: inside the process, until it listens.
pub(crate) struct Fronts {
    pub(crate) clock: ManualClock,
    pub(crate) aws: FakeAws,
    pub(crate) server: Option<LoopbackServer>,
}

/// A clock that is off by some seconds.
#[derive(Debug)]
pub(crate) struct Shown(pub(crate) ManualClock, pub(crate) i64);

impl Fronts {
    pub(crate) fn new() -> Self {
        let clock = ManualClock::new(UNIX_EPOCH + Duration::from_secs(1_700_000_000));
        let aws = FakeAws::new(Arc::new(clock.clone()));
        Self { clock, aws, server: None }
    }

    pub(crate) async fn listen(&mut self) {
        self.server = Some(self.aws.listen().await.unwrap());
    }

    pub(crate) fn now(&self) -> SystemTime {
        self.clock.now()
    }

    /// None inside the process: there a client finds AWS where it always does.
    pub(crate) fn endpoint_url(&self) -> Option<String> {
        self.server.as_ref().map(LoopbackServer::endpoint_url)
    }

    pub(crate) fn http_client(&self) -> SharedHttpClient {
        match &self.server {
            Some(_) => aws_smithy_http_client::Builder::new().build_http(),
            None => self.aws.http_client(),
        }
    }

    /// For a client of STS that has the world's time and asks once.
    pub(crate) fn sts_config(&self) -> aws_sdk_sts::config::Builder {
        let mut config = aws_sdk_sts::Config::builder();
        config.set_endpoint_url(self.endpoint_url());
        config
            .behavior_version(BehaviorVersion::v2026_01_12())
            .region(Region::new("eu-west-1"))
            .retry_config(RetryConfig::disabled())
            .time_source(Shown(self.clock.clone(), 0))
            .http_client(self.http_client())
    }
}

impl TimeSource for Shown {
    fn now(&self) -> SystemTime {
        let off = Duration::from_secs(self.1.unsigned_abs());
        if self.1 < 0 { self.0.now() - off } else { self.0.now() + off }
    }
}
