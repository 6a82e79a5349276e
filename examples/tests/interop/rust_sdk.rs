//! The AWS SDK for Rust as a reader of our file.

use std::path::Path;

use aws_config::meta::region::ProvideRegion;
use aws_config::profile::{ProfileFileCredentialsProvider, ProfileFileRegionProvider};
use aws_config::provider_config::ProviderConfig;
use aws_credential_types::provider::{ProvideCredentials, SharedCredentialsProvider};
use aws_runtime::env_config::file::{EnvConfigFileKind, EnvConfigFiles};
use aws_sdk_sts::config::BehaviorVersion;
use aws_sdk_sts::error::DisplayErrorContext;
use aws_smithy_http_client::tls::{self, rustls_provider::CryptoMode};
use aws_smithy_runtime_api::client::http::SharedHttpClient;
use aws_types::SdkConfig;

use crate::readers::Caller;
use crate::sessions::soon;

/// A profile as `aws-config` reads it, and who the service says that is, or what the SDK says instead.
///
/// The file and the profile are named in so many words, so neither the home folder nor the environment has a say.
pub(crate) async fn caller(file: &Path, profile: &str, endpoint: &str) -> Result<Caller, String> {
    let (http_client, base) = base();
    let credentials = ProfileFileCredentialsProvider::builder()
        .configure(&base)
        .profile_files(only(file))
        .profile_name(profile)
        .build();
    let region = ProfileFileRegionProvider::builder()
        .configure(&base)
        .profile_files(only(file))
        .profile_name(profile)
        .build();
    let found = credentials.provide_credentials().await.map_err(|error| said(&error))?;
    let region = region.region().await.ok_or("no Region")?;
    let config = SdkConfig::builder()
        .behavior_version(BehaviorVersion::v2026_01_12())
        .region(region.clone())
        .endpoint_url(endpoint)
        .http_client(http_client)
        .credentials_provider(SharedCredentialsProvider::new(credentials))
        .build();
    let answer = soon(aws_sdk_sts::Client::new(&config).get_caller_identity().send()).await;
    let arn = answer.map_err(|error| said(&error))?.arn.ok_or("no ARN")?;
    Ok(Caller { access_key_id: found.access_key_id().to_owned(), region: region.to_string(), arn })
}

/// A provider of static keys, or of a process's, calls nobody, but wants a client to be there.
pub(crate) fn base() -> (SharedHttpClient, ProviderConfig) {
    let http_client = aws_smithy_http_client::Builder::new()
        .tls_provider(tls::Provider::Rustls(CryptoMode::AwsLc))
        .build_https();
    let base = ProviderConfig::empty().with_http_client(http_client.clone());
    (http_client, base)
}

fn only(file: &Path) -> EnvConfigFiles {
    EnvConfigFiles::builder().with_file(EnvConfigFileKind::Credentials, file).build()
}

fn said(error: &(dyn std::error::Error + 'static)) -> String {
    DisplayErrorContext(error).to_string()
}
