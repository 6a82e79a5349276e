//! A profile of the config file whose credentials a process prints, as four clients read it.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::Command;
use std::time::{Duration, SystemTime};

use aws_config::profile::ProfileFileCredentialsProvider;
use aws_credential_types::provider::ProvideCredentials;
use aws_runtime::env_config::file::{EnvConfigFileKind, EnvConfigFiles};
use leapp_core::{
    AccessKeyId, Change, CredentialSink, ExportFormat, ProfileName, Region, Secret, SessionCredentials,
    SessionId,
};
use leapp_store_ini::{ConfigFile, CredentialProcess};

use crate::clients::{javascript, python, run};
use crate::rust_sdk;

/// What a client found, in the words of all of them.
type Found = [String; 3];

const PYTHON: &str = "
import boto3
session = boto3.Session(profile_name='dev')
credentials = session.get_credentials()
assert credentials.method == 'custom-process', credentials.method
print(credentials.access_key, credentials.secret_key, credentials.token, session.region_name)
";
const JAVASCRIPT: &str = "
import { createRequire } from 'node:module';
const { fromNodeProviderChain } = createRequire(process.env.MODULES + '/')('@aws-sdk/credential-providers');
const found = await fromNodeProviderChain({ profile: 'dev' })();
console.log(found.accessKeyId, found.secretAccessKey, found.sessionToken);
";

fn found(said: Result<String, String>) -> Found {
    let said = said.unwrap();
    let mut words = said.split(' ').map(str::to_owned);
    std::array::from_fn(|_| words.next().unwrap_or_else(|| panic!("three values: {said}")))
}

/// The second version of the AWS CLI, which Debian has.
fn aws_cli(arguments: &[&str], env: &[(&str, &str)]) -> Result<String, String> {
    let mut aws = Command::new("/usr/bin/aws");
    aws.env_clear().env("PATH", "/usr/bin:/bin").args(arguments).args(["--profile", "dev"]);
    run(&mut aws, env).said()
}

/// `aws-config`, which is told where the file is.
async fn aws_config(config: &Path) -> Result<Found, String> {
    let files = EnvConfigFiles::builder().with_file(EnvConfigFileKind::Config, config).build();
    let provider = ProfileFileCredentialsProvider::builder()
        .configure(&rust_sdk::base().1)
        .profile_files(files)
        .profile_name("dev")
        .build();
    let found = provider.provide_credentials().await.map_err(|error| format!("{error:?}"))?;
    let token = found.session_token().unwrap_or_default();
    Ok([found.access_key_id(), found.secret_access_key(), token].map(str::to_owned))
}

/// A host's program, in a folder whose name has a space: it prints the set of the session that it is asked for.
fn program(folder: &Path, session: &str, set: &SessionCredentials) -> std::path::PathBuf {
    let home = folder.join("My Host");
    fs::create_dir(&home).unwrap();
    fs::write(home.join(session), set.export(ExportFormat::CredentialProcess).unwrap().expose()).unwrap();
    let program = home.join("host");
    fs::write(&program, "#!/bin/sh\n[ \"$1\" = print ] && exec cat \"$(dirname \"$0\")/$2\"\n").unwrap();
    fs::set_permissions(&program, fs::Permissions::from_mode(0o700)).unwrap();
    program
}

#[tokio::test]
#[cfg_attr(not(feature = "interop"), ignore = "outside check, left to `cargo xtask test`")]
async fn every_client_obtains_the_set_from_the_process_and_its_own_profiles_as_before() {
    let folder = tempfile::tempdir().unwrap();
    let config = folder.path().join("config");
    let theirs = "[default]\nregion = us-east-1\n[profile mine] ; by hand\nregion = eu-north-1\ns3 =\n  max_queue_size = 7";
    fs::write(&config, theirs).unwrap();
    let expected =
        ["ASIAIOSFODNN7EXAMPLE", "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY", "IQoJb3JpZ2luX2VjE+/x=="];
    let set = SessionCredentials::new(
        AccessKeyId::parse(expected[0]).unwrap(),
        Secret::new(expected[1]),
        Secret::new(expected[2]),
        SystemTime::now() + Duration::from_secs(3600),
    )
    .unwrap();
    let program = program(folder.path(), "session-1", &set);
    let file = ConfigFile::open(&config, CredentialProcess::new(&program, ["print"]).unwrap()).unwrap();
    let (session, profile) = (SessionId::parse("session-1").unwrap(), ProfileName::parse("dev").unwrap());
    let publish = Change::Publish {
        session: session.clone(),
        profile: profile.clone(),
        region: Some(Region::parse("eu-west-1").unwrap()),
        credentials: set,
    };
    file.apply(&[publish]).await.unwrap();
    for value in &expected[1..] {
        assert!(!fs::read_to_string(&config).unwrap().contains(value), "no secret is in the file");
    }

    let none = folder.path().join("none");
    let env = [
        ("AWS_CONFIG_FILE", config.to_str().unwrap()),
        ("AWS_SHARED_CREDENTIALS_FILE", none.to_str().unwrap()),
    ];
    let boto3 = python(PYTHON, &[], &env).said();
    assert!(boto3.as_ref().is_ok_and(|said| said.ends_with(" eu-west-1")), "the Region: {boto3:?}");
    assert_eq!(found(boto3), expected);
    assert_eq!(found(javascript(JAVASCRIPT, &[], &env).said()), expected);
    let exported = aws_cli(&["configure", "export-credentials"], &env).unwrap();
    let exported: serde_json::Value = serde_json::from_str(&exported).unwrap();
    let of = |key: &str| exported[key].as_str().unwrap_or_default().to_owned();
    assert_eq!(["AccessKeyId", "SecretAccessKey", "SessionToken"].map(of), expected);
    assert_eq!(aws_cli(&["configure", "get", "region"], &env).as_deref(), Ok("eu-west-1"));
    assert_eq!(aws_config(&config).await, Ok(expected.map(str::to_owned)));

    file.apply(&[Change::Withdraw { session, profile }]).await.unwrap();
    assert_eq!(fs::read_to_string(&config).unwrap(), theirs);
}
