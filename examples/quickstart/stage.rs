//! Where the play takes place: a fake AWS of its own, or an STS that was named.

use std::sync::Arc;
use std::time::Duration;

use aws_smithy_http_client::tls::{self, rustls_provider::CryptoMode};
use aws_types::SdkConfig;
use leapp_core::aws::Sts;
use leapp_core::{
    AccessKey, AccessKeyId, AccountId, Clock, Error, ErrorKind, Region, RoleArn, Secret, SerialNumber,
    SystemClock,
};
use leapp_testkit::aws::{FakeAws, LoopbackServer, RoleSpec};
use leapp_testkit::clock::AcceleratedClock;

use crate::options::{Options, environment};
use crate::valve::Valve;

/// How much faster time runs once the sessions are started: a second is five minutes.
const ACCELERATION: u32 = 300;

pub(crate) struct Stage {
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) region: Region,
    pub(crate) sdk_config: SdkConfig,
    pub(crate) access_key: AccessKey,
    /// The user's MFA device and its seed.
    pub(crate) mfa: Option<(SerialNumber, Secret)>,
    pub(crate) role_arn: RoleArn,
    /// Cuts the connection to the service off.
    pub(crate) valve: Valve,
    kind: Kind,
}

enum Kind {
    Fake { clock: AcceleratedClock<SystemClock>, aws: FakeAws, server: LoopbackServer },
    Real,
}

impl Stage {
    pub(crate) async fn set(options: &Options) -> Result<Self, Error> {
        let region = Region::parse(options.region.as_deref().unwrap_or("eu-west-1"))?;
        match &options.endpoint_url {
            Some(url) => Self::real(options, region, url),
            None => Self::fake(region).await,
        }
    }

    async fn fake(region: Region) -> Result<Self, Error> {
        let clock = AcceleratedClock::new(SystemClock::new(), 1);
        let aws = FakeAws::new(Arc::new(clock.clone()));
        let account = AccountId::parse("111122223333")?;
        let alice = aws.add_user(&account, "alice");
        let device = aws.add_mfa_device(&alice);
        let role = RoleSpec::new(&account, "Deploy").with_trusted(alice.clone()).requiring_mfa();
        let server = aws.listen().await?;
        let valve = Valve::default();
        Ok(Self {
            clock: Arc::new(clock.clone()),
            sdk_config: sdk_config(&region, &server.endpoint_url(), &valve),
            region,
            access_key: aws.add_access_key(&alice),
            mfa: Some((device.serial_number().clone(), device.seed().clone())),
            role_arn: aws.add_role(role),
            valve,
            kind: Kind::Fake { clock, aws, server },
        })
    }

    fn real(options: &Options, region: Region, endpoint_url: &str) -> Result<Self, Error> {
        let id = AccessKeyId::parse(&needed("AWS_ACCESS_KEY_ID")?)?;
        let role_arn = options.role_arn.as_deref().ok_or_else(|| missing("--role-arn"))?;
        let mfa = match &options.mfa_serial {
            Some(serial) => Some((SerialNumber::parse(serial)?, Secret::new(needed("LEAPP_MFA_SEED")?))),
            None => None,
        };
        let valve = Valve::default();
        Ok(Self {
            clock: Arc::new(SystemClock::new()),
            sdk_config: sdk_config(&region, endpoint_url, &valve),
            region,
            access_key: AccessKey::new(id, Secret::new(needed("AWS_SECRET_ACCESS_KEY")?))?,
            mfa,
            role_arn: RoleArn::parse(role_arn)?,
            valve,
            kind: Kind::Real,
        })
    }

    pub(crate) fn sts(&self) -> Result<Sts, Error> {
        Sts::from_sdk_config(&self.sdk_config)
    }

    pub(crate) fn describe(&self) -> String {
        match &self.kind {
            Kind::Fake { server, .. } => format!("a fake AWS on {}", server.endpoint_url()),
            Kind::Real => format!("STS at {}", self.sdk_config.endpoint_url().unwrap_or_default()),
        }
    }

    /// Lets time fly, where it is ours to let; true if it does.
    pub(crate) fn accelerate(&self) -> bool {
        match &self.kind {
            Kind::Fake { clock, .. } => {
                clock.set_factor(ACCELERATION);
                true
            }
            Kind::Real => false,
        }
    }

    /// Cuts the service off, or lets it be reached again.
    pub(crate) fn cut_off(&self, begins: bool) {
        match &self.kind {
            Kind::Fake { aws, .. } => aws.outage(begins),
            Kind::Real => self.valve.shut(begins),
        }
    }

    pub(crate) async fn strike(self) {
        if let Kind::Fake { server, .. } = self.kind {
            server.shutdown().await;
        }
    }
}

fn sdk_config(region: &Region, endpoint_url: &str, valve: &Valve) -> SdkConfig {
    let https = aws_smithy_http_client::Builder::new()
        .tls_provider(tls::Provider::Rustls(CryptoMode::AwsLc))
        .build_https();
    SdkConfig::builder()
        .region(aws_types::region::Region::new(region.to_string()))
        .endpoint_url(endpoint_url)
        .http_client(valve.on(https))
        .build()
}

fn needed(name: &str) -> Result<String, Error> {
    environment(name).ok_or_else(|| missing(name))
}

fn missing(what: &str) -> Error {
    Error::new(ErrorKind::InvalidInput, format!("with --endpoint-url, {what} is needed too"))
}

/// How long the play waits for something that should happen by itself, on the stage's own time.
pub(crate) const PATIENCE: Duration = Duration::from_secs(20);
