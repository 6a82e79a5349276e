//! Debian's AWS CLI v2 as it is, without a setting for endpoints: it signs in, asks who it is and signs out, in a namespace
//! in which AWS's names lead to loopback and nothing leads anywhere else.
#![cfg(all(feature = "serve", feature = "tls", target_os = "linux"))]
#![expect(clippy::unwrap_used, reason = "a test stops at what it did not expect")]
#![expect(clippy::disallowed_methods, reason = "the files of a throw-away home need no protocol")]

use std::fs;
use std::process::{Command, Stdio};
use std::time::SystemTime;

use leapp_core::aws::{PortalLogin, Sso, SsoTokenCache};
use leapp_core::{IssueRequest, Issued, MemoryVault, Region, SessionId, SessionProvider, SystemClock};
use leapp_testkit::aws::FakeAws;

const START_URL: &str = "https://d-1234567890.awsapps.com/start";

const WORLD: &str = "
[[account]]
id = '111122223333'
[[identity_center]]
start_url = 'https://d-1234567890.awsapps.com/start'
region = 'eu-west-1'
user = [{ name = 'carol', password = \"carol's own\" }]
account = [{ id = '111122223333', name = 'Production', email = 'prod@example.com' }]
permission_set = [{ name = 'ReadOnly' }]
assignment = [{ user = 'carol', account = '111122223333', permission_set = 'ReadOnly' }]
";

const CONFIG: &str = "
[profile legacy]
sso_start_url = https://d-1234567890.awsapps.com/start
sso_region = eu-west-1
sso_account_id = 111122223333
sso_role_name = ReadOnly
region = eu-west-1

[profile session]
sso_session = corp
sso_account_id = 111122223333
sso_role_name = ReadOnly
region = eu-west-1

[sso-session corp]
sso_start_url = https://d-1234567890.awsapps.com/start
sso_region = eu-west-1
sso_registration_scopes = sso:account:access
";

/// Root has namespaces for the asking; others become root in one of users first.
fn unshare() -> Command {
    let id = Command::new("id").arg("-u").output().unwrap().stdout;
    let mut command = Command::new("timeout");
    command.args(["--kill-after=5", "120", "unshare", "-m", "-n", "-p", "-f", "--kill-child"]);
    if id != b"0\n" {
        command.arg("-r");
    }
    command
}

/// The login that the AWS CLI put into its token cache is one for this library, without a call.
fn found_by_the_library(cache: SsoTokenCache) {
    let region = Region::parse("eu-west-1").unwrap();
    let config = aws_types::SdkConfig::builder()
        .region(aws_types::region::Region::new(region.to_string()))
        .http_client(FakeAws::new(std::sync::Arc::new(SystemClock::new())).http_client());
    let sso = Sso::from_sdk_config(&config.build()).unwrap();
    let content = fs::read_to_string(cache.path()).unwrap();
    let (session, vault) = (SessionId::parse("corp").unwrap(), MemoryVault::new());
    let portal = PortalLogin::new(sso, session.clone(), START_URL).unwrap().with_token_cache(cache);
    let request = IssueRequest::new(&session, SystemTime::now(), &vault);
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let Issued::Reused(grant) = runtime.block_on(portal.issue(&request)).unwrap() else {
        panic!("not found")
    };
    let login = grant.login().unwrap();
    assert!(content.contains(&format!("\"{}\"", login.access_token().expose())));
    assert!(login.expiration() > SystemTime::now());
}

#[test]
#[cfg_attr(not(feature = "interop"), ignore = "outside check, left to `cargo xtask test`")]
fn the_aws_cli_v2_signs_in_and_out_of_identity_center_over_tls() {
    let home = tempfile::tempdir().unwrap();
    let scripts = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/aws_cli_v2");
    fs::create_dir(home.path().join(".aws")).unwrap();
    fs::write(home.path().join(".aws/config"), CONFIG).unwrap();
    fs::write(home.path().join("world.toml"), WORLD).unwrap();

    let output = unshare()
        .args(["bash", &format!("{scripts}/session.sh"), env!("CARGO_BIN_EXE_leapp-testkit"), "world.toml"])
        .arg(format!("{scripts}/click.py"))
        .env_clear()
        .env("PATH", "/usr/sbin:/usr/bin:/sbin:/bin")
        .env("HOME", home.path())
        .env("AWS_PAGER", "")
        .current_dir(home.path())
        .stdin(Stdio::null())
        .output()
        .unwrap();

    let [said, complained] =
        [output.stdout, output.stderr].map(|text| String::from_utf8_lossy(&text).into_owned());
    let log = fs::read_to_string(home.path().join("requests.log")).unwrap_or_default();
    assert!(output.status.success(), "{said}\n{complained}\n{log}");
    let line = |start: &str| said.lines().find_map(|line| line.strip_prefix(start)).unwrap_or_default();
    assert_eq!(line("links: "), "lo:", "nothing but loopback: {said}");
    assert_eq!(line("routes: "), "0", "{said}");
    for profile in ["legacy", "session"] {
        let of = |what: &str| line(&format!("{profile} {what}: "));
        assert_eq!(of("url"), "https://oidc.eu-west-1.amazonaws.com/device?user_code", "{said}");
        assert!(of("login").contains("Successfully logged into Start URL"), "{said}\n{complained}");
        let identity = of("identity");
        assert!(
            identity.starts_with("arn:aws:sts::111122223333:assumed-role/AWSReservedSSO_ReadOnly_")
                && identity.ends_with("/carol"),
            "{said}\n{complained}"
        );
        assert!(of("after").contains("Error loading SSO Token"), "signed out is out: {said}");
    }
    for (profile, name) in [("legacy", START_URL), ("session", "corp")] {
        let folder = home.path().join(format!("cache-{profile}"));
        let file = if profile == "legacy" {
            SsoTokenCache::of_start_url(&folder, name)
        } else {
            SsoTokenCache::of_session(&folder, name)
        };
        found_by_the_library(file);
    }
    for action in ["RegisterClient", "CreateToken", "GetRoleCredentials", "GetCallerIdentity", "Logout"] {
        assert!(log.contains(action), "{action} came in over TLS: {log}");
    }
    assert!(!home.path().join("ca.pem").exists(), "the authority's file goes with the server");
}
