//! Proves a profile: reads it back from the file, and asks the service who that is.

use std::path::Path;

use aws_credential_types::Credentials;
use aws_sdk_sts::config::retry::RetryConfig;
use aws_sdk_sts::config::{BehaviorVersion, SharedCredentialsProvider};
use aws_smithy_async::time::StaticTimeSource;
use leapp_core::{Error, ErrorKind, ProfileName};
use leapp_store_ini::Document;

use crate::stage::Stage;

/// Who the service says that the profile's credentials, as they stand in the file, belong to.
pub(crate) async fn caller_of(profile: &ProfileName, file: &Path, stage: &Stage) -> Result<String, Error> {
    let failed = |what: &str| Error::new(ErrorKind::Service, format!("profile `{profile}` {what}"));
    let bytes = std::fs::read(file).map_err(|source| failed("cannot be read back").with_source(source))?;
    let document = Document::parse(&bytes);
    let value = |key: &str| {
        let value = document.value(profile.as_str(), key);
        value.ok_or_else(|| failed(&format!("has no `{key}` in the file")))
    };
    let (id, secret) = (value("aws_access_key_id")?, value("aws_secret_access_key")?);
    let token = value("aws_session_token")?.expose().to_owned();
    let credentials = Credentials::new(id.expose(), secret.expose(), Some(token), None, "file");
    let config = aws_sdk_sts::config::Builder::from(&stage.sdk_config)
        .behavior_version(BehaviorVersion::v2026_01_12())
        .credentials_provider(SharedCredentialsProvider::new(credentials))
        .retry_config(RetryConfig::disabled())
        .time_source(StaticTimeSource::new(stage.clock.now()))
        .build();
    let answer = aws_sdk_sts::Client::from_conf(config).get_caller_identity().send().await;
    let answer =
        answer.map_err(|source| failed("is not accepted").with_source(source.into_service_error()))?;
    answer.arn.ok_or_else(|| failed("is nobody"))
}
