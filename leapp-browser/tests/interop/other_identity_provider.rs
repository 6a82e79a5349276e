//! An identity provider that is not ours: `samlp`, the library for Node.

use std::io::{BufRead, BufReader, Read};
use std::process::{Child, ChildStdout, Command, Stdio};
use std::time::Duration;

use serde_json::json;

use crate::aws::Aws;
use crate::key::IdpKey;
use crate::person::{AWS, PASSWORD, alice, browser, challenge, log_in, nobody};
use crate::server::installed;

const ALICE: &str = "arn:aws:sts::111122223333:assumed-role/Dev/alice@example.com";
/// More than the first piece of a body in some browsers: 18 KB of base64.
const ROLES: usize = 50;

/// Stopped when dropped, or after five minutes.
struct Idp {
    child: Child,
    origin: String,
    /// As it writes it.
    metadata: String,
}

impl Idp {
    fn start() -> Self {
        let key = IdpKey::new();
        let role = |number| {
            let name = if number == 0 { "Dev".to_owned() } else { format!("Other{number}") };
            format!("arn:aws:iam::111122223333:role/{name},arn:aws:iam::111122223333:saml-provider/Samlp")
        };
        let roles: Vec<String> = (0..ROLES).map(role).collect();
        let mut command = Command::new("timeout");
        command.args(["--kill-after=5", "300"]).arg(installed("LEAPP_INTEROP_VENV").join("bin/node"));
        command.arg(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/interop/idp.mjs"));
        command.env_clear().env("PATH", "/usr/bin:/bin").env("PASSWORD", PASSWORD).env("SIGN_IN", AWS);
        command.env("MODULES", installed("LEAPP_INTEROP_NODE").join("node_modules"));
        command.env("ISSUER", "urn:example:idp").env("ROLES", json!(roles).to_string());
        command.env("KEY", key.private);
        command.env("CERTIFICATE", key.certificate);
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().unwrap();
        let mut said = BufReader::new(child.stdout.take().unwrap());
        let origin = line(&mut child, &mut said);
        let metadata = serde_json::from_str(&line(&mut child, &mut said)).unwrap();
        Self { child, origin, metadata }
    }
}

impl Drop for Idp {
    fn drop(&mut self) {
        // `timeout` passes a termination on, and could not pass on being killed.
        let _ = Command::new("kill").arg(self.child.id().to_string()).status();
        let _ = self.child.wait();
    }
}

fn line(child: &mut Child, said: &mut BufReader<ChildStdout>) -> String {
    let mut line = String::new();
    said.read_line(&mut line).unwrap();
    if !line.ends_with('\n') {
        let mut why = String::new();
        child.stderr.take().unwrap().read_to_string(&mut why).unwrap();
        panic!("it ended: {why}");
    }
    line.trim_end().to_owned()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
#[cfg_attr(not(feature = "interop"), ignore = "outside check, left to `cargo xtask test`")]
async fn the_second_login_is_silent() {
    let aws = Aws::start().await;
    let idp = Idp::start();
    let provider = aws.fake.add_saml_provider_from_metadata(&aws.account, "Samlp", &idp.metadata).unwrap();
    let role = aws.role(&provider);
    let home = tempfile::tempdir().unwrap();
    let challenge = challenge(&format!("{}/app", idp.origin), AWS);

    let attended = alice(browser()).with_kept_profiles(home.path());
    let first = log_in(&attended, &challenge).await.unwrap().unwrap();
    assert_eq!(aws.redeem(&role, &provider, &first).await, ALICE);

    let unattended = nobody(browser()).with_kept_profiles(home.path()).silent_only();
    let second = log_in(&unattended, &challenge).await.unwrap().unwrap();
    assert_eq!(aws.redeem(&role, &provider, &second).await, ALICE);
    assert!(second.len() > 10_000, "{} bytes for {ROLES} roles", second.len());

    // Elsewhere nobody is known.
    let elsewhere = nobody(browser()).silent_only().with_silent_limit(Duration::from_secs(5));
    assert_eq!(log_in(&elsewhere, &challenge).await.unwrap(), None);
}
