//! The same, by the providers of the AWS SDK for Rust.

use std::sync::Arc;

use aws_config::BehaviorVersion;
use aws_credential_types::Credentials;
use aws_credential_types::provider::ProvideCredentials;
use aws_smithy_async::rt::sleep::TokioSleep;
use aws_smithy_async::time::SystemTimeSource;
use leapp_testkit::leak::Canary;
use zeroize::Zeroizing;

use crate::flows::Flow;
use crate::scene::Scene;
use crate::service::{ROLE, Service};
use crate::watch::{Kind, Watch};

pub(crate) const ALL: &[(&str, Flow)] = &[
    ("aws-config: credential_process", |s, w| Box::pin(credential_process(s, w))),
    ("aws-config: AssumeRole", |s, w| Box::pin(assume_role(s, w))),
];

fn watch_set(credentials: &Credentials, watch: &Watch) {
    watch.text(Kind::TemporaryKey, credentials.secret_access_key());
    watch.text(Kind::SessionToken, credentials.session_token().unwrap());
}

async fn credential_process(_: Arc<Service>, watch: Arc<Watch>) {
    let home = tempfile::tempdir().unwrap();
    let path = home.path().join("set.json");
    let (secret, token) = (Canary::new().text(), Canary::new().text());
    let mut json = Zeroizing::new(String::with_capacity(400));
    for part in [
        r#"{"Version": 1, "AccessKeyId": "ASIAIOSFODNN7EXAMPLE", "SecretAccessKey": ""#,
        &secret,
        r#"", "SessionToken": ""#,
        &token,
        r#"", "Expiration": "2040-01-01T00:00:00Z"}"#,
    ] {
        json.push_str(part);
    }
    std::fs::write(&path, &*json).unwrap();
    drop((json, secret, token));
    let provider =
        aws_config::credential_process::CredentialProcessProvider::new(format!("cat {}", path.display()));
    watch_set(&provider.provide_credentials().await.unwrap(), &watch);
}

async fn assume_role(service: Arc<Service>, watch: Arc<Watch>) {
    let scene = Scene::new(&service, &watch);
    let key = service.access_key();
    watch.secret(Kind::AccessKey, key.secret_access_key());
    let (id, secret) = (key.access_key_id().as_str(), key.secret_access_key().expose());
    let user = Credentials::new(id, secret, None, None, "peer");
    let sdk_config = scene.sdk_config.into_builder().behavior_version(BehaviorVersion::latest());
    let sdk_config = sdk_config.time_source(SystemTimeSource::new()).sleep_impl(TokioSleep::new()).build();
    let provider = aws_config::sts::AssumeRoleProvider::builder(format!("{ROLE}Open"))
        .session_name("peer")
        .configure(&sdk_config)
        .build_from_provider(user)
        .await;
    watch_set(&provider.provide_credentials().await.unwrap(), &watch);
}
