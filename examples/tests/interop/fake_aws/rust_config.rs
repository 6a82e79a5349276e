//! `aws-config`, which reads the environment of its process: each profile gets a process of its own.

use std::error::Error;
use std::process::Command;

use aws_config::BehaviorVersion;
use aws_credential_types::provider::ProvideCredentials;
use aws_credential_types::provider::error::CredentialsError;
use aws_sdk_sso::operation::get_role_credentials::GetRoleCredentialsError;
use aws_sdk_sts::error::{DisplayErrorContext, ProvideErrorMetadata};
use aws_sdk_sts::operation::assume_role::AssumeRoleError;
use aws_sdk_sts::operation::assume_role_with_web_identity::AssumeRoleWithWebIdentityError;

use super::lab::Lab;
use crate::clients::run;
use crate::sessions::soon;

const THIS: &str = "fake_aws::rust_config::aws_config_comes_to_credentials_by_every_kind_of_profile";
/// Set in the process that is the client.
const CLIENT: &str = "INTEROP_CLIENT";
const PROFILES: &[(&str, &str)] = &[
    ("alice", "arn:aws:iam::111122223333:user/alice"),
    ("deploy", "arn:aws:sts::111122223333:assumed-role/Deploy/shell"),
    ("chain", "arn:aws:sts::111122223333:assumed-role/Next/shell"),
    ("partner", "arn:aws:sts::111122223333:assumed-role/Partner/shell"),
    ("foreign", "ProviderError AccessDenied"),
    ("ci", "arn:aws:sts::111122223333:assumed-role/Web/ci"),
    ("ci-old", "ProviderError ExpiredTokenException"),
    ("portal", "arn:aws:sts::111122223333:assumed-role/AWSReservedSSO_Admin_0/alice"),
    ("portal-legacy", "arn:aws:sts::111122223333:assumed-role/AWSReservedSSO_ReadOnly_0/alice"),
    ("portal-forbidden", "ProviderError ForbiddenException"),
];

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[cfg_attr(not(feature = "interop"), ignore = "outside check, left to `cargo xtask test`")]
async fn aws_config_comes_to_credentials_by_every_kind_of_profile() {
    if std::env::var_os(CLIENT).is_some() {
        return be_the_client().await;
    }
    let lab = Lab::new().await;
    lab.sign_in();
    for (profile, said) in PROFILES {
        let mut client = Command::new(std::env::current_exe().unwrap());
        client.args(["--exact", THIS, "--nocapture"]).env_clear();
        let ended = run(client.env(CLIENT, "1").env("AWS_PROFILE", profile), &lab.env());
        let answer = ended.stdout.lines().find_map(|line| line.strip_prefix("client: "));
        assert_eq!(answer, Some(*said), "{profile}: {ended:?}");
    }
}

/// Prints who the environment's profile is, or what kept it from credentials.
#[expect(clippy::print_stdout, reason = "the process that started this one reads it")]
async fn be_the_client() {
    let http_client = aws_smithy_http_client::Builder::new().build_http();
    let config = aws_config::defaults(BehaviorVersion::v2026_01_12()).http_client(http_client).load().await;
    let provider = config.credentials_provider().unwrap();
    let said = match soon(provider.provide_credentials()).await {
        Ok(_) => {
            let answer = soon(aws_sdk_sts::Client::new(&config).get_caller_identity().send()).await;
            without_digits(&answer.unwrap().arn.unwrap())
        }
        Err(error @ CredentialsError::ProviderError(_)) => format!("ProviderError {}", code(&error)),
        Err(error) => format!("{error:?}"),
    };
    println!("client: {said}");
}

/// The code of the service's refusal beneath an error.
fn code(error: &(dyn Error + 'static)) -> String {
    let code = std::iter::successors(Some(error), |error| Error::source(*error)).find_map(|error| {
        let assume_role = error.downcast_ref::<AssumeRoleError>().map(ProvideErrorMetadata::meta);
        let web = || error.downcast_ref::<AssumeRoleWithWebIdentityError>().map(ProvideErrorMetadata::meta);
        let portal = || error.downcast_ref::<GetRoleCredentialsError>().map(ProvideErrorMetadata::meta);
        assume_role.or_else(web).or_else(portal)?.code()
    });
    code.map_or_else(|| DisplayErrorContext(error).to_string(), str::to_owned)
}

/// What a role of the portal has after its name differs from world to world.
fn without_digits(arn: &str) -> String {
    match arn.rsplit_once('/') {
        Some((role, name)) if role.contains("AWSReservedSSO_") => {
            format!("{}0/{name}", &role[..role.len() - 16])
        }
        _ => arn.to_owned(),
    }
}
