//! The fake AWS in a process of its own: what it remembers of its secrets is not in the memory that is searched.

use std::env;
use std::io::{self, BufRead, BufReader, Read, Write};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use async_trait::async_trait;
use leapp_core::aws::{LoginPage, LoginPrompt};
use leapp_core::{AccessKey, AccessKeyId, AccountId, Clock as _, Error, Region, Secret, SystemClock};
use leapp_testkit::aws::{FakeAws, IdentityCenterSpec, RoleSpec, SamlAssertionSpec, WebIdentityClaims};
use zeroize::Zeroizing;

pub(crate) const START_URL: &str = "https://d-1234567890.awsapps.com/start";
pub(crate) const ROLE: &str = "arn:aws:iam::111122223333:role/";

/// Secrets come masked, so that what a pipe leaves of them is no copy.
const MASK: u8 = 0x5a;

/// The process, and what it tells.
#[derive(Debug)]
pub(crate) struct Service {
    child: Child,
    line: Mutex<(ChildStdin, BufReader<ChildStdout>)>,
    pub(crate) endpoint_url: String,
}

impl Service {
    pub(crate) fn start() -> Arc<Self> {
        let mut child = Command::new(env::current_exe().unwrap())
            .args(["--exact", "service::service_process", "--ignored", "--nocapture", "--quiet"])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let input = child.stdin.take().unwrap();
        let mut output = BufReader::new(child.stdout.take().unwrap());
        let endpoint_url = loop {
            let mut line = String::new();
            assert!(output.read_line(&mut line).unwrap() > 0, "the service did not start");
            if let Some(url) = line.trim().strip_prefix("listening on ") {
                break url.to_owned();
            }
        };
        Arc::new(Self { child, line: Mutex::new((input, output)), endpoint_url })
    }

    /// Asks for something, and has the answer as it is.
    fn ask(&self, question: &str) -> Vec<u8> {
        let (input, output) = &mut *self.line.lock().unwrap();
        writeln!(input, "{question}").unwrap();
        let mut length = [0; 4];
        output.read_exact(&mut length).unwrap();
        let mut answer = vec![0; u32::from_le_bytes(length) as usize];
        output.read_exact(&mut answer).unwrap();
        answer
    }

    pub(crate) fn secret(&self, question: &str) -> Secret {
        let masked = self.ask(question);
        let mut text = Zeroizing::new(String::with_capacity(masked.len()));
        text.extend(masked.iter().map(|byte| char::from(byte ^ MASK)));
        Secret::from(text)
    }

    pub(crate) fn access_key(&self) -> AccessKey {
        let id = self.secret("access-key-id");
        AccessKey::new(AccessKeyId::parse(id.expose()).unwrap(), self.secret("secret-access-key")).unwrap()
    }
}

impl Drop for Service {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// The person at the portal's page, who allows everything.
#[derive(Debug)]
pub(crate) struct AtThePage(pub(crate) Arc<Service>);

#[async_trait]
impl LoginPrompt for AtThePage {
    async fn show(&self, page: &LoginPage) -> Result<(), Error> {
        let user_code = page.user_code.as_deref().expect("a device's page");
        assert_eq!(self.0.secret(&format!("approve {user_code}")).expose(), "approved");
        Ok(())
    }
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "the body of a process that the other test starts"]
async fn service_process() {
    let (account, region) = (AccountId::parse("111122223333").unwrap(), Region::parse("eu-west-1").unwrap());
    let clock = Arc::new(SystemClock::new());
    let aws = FakeAws::new(clock.clone());
    let alice = aws.add_user(&account, "alice");
    let (key, device) = (aws.add_access_key(&alice), aws.add_mfa_device(&alice));
    aws.add_role(RoleSpec::new(&account, "Deploy").with_trusted(alice.clone()).requiring_mfa());
    aws.add_role(RoleSpec::new(&account, "Open").with_trusted(alice));
    let saml = aws.add_saml_provider(&account, "Corp");
    let dev = aws.add_role(RoleSpec::new(&account, "Dev").with_trusted(saml.arn().clone()));
    let oidc = aws.add_oidc_provider(&account, "https://token.example.com", &["sts.amazonaws.com"]);
    aws.add_role(RoleSpec::new(&account, "CI").with_trusted(oidc.trust()));
    aws.add_identity_center(
        IdentityCenterSpec::new(START_URL, &region)
            .with_user("alice", Secret::new("correct horse"))
            .with_account(&account, "Development", "dev@example.com")
            .with_permission_set("Admin", Duration::from_secs(3600))
            .with_assignment("alice", &account, "Admin")
            .with_polling_interval(1),
    );
    let server = aws.listen().await.unwrap();
    println!("\nlistening on {}", server.endpoint_url());

    let mut questions = io::stdin().lock().lines();
    // The server goes on beside this: what blocks is given a thread.
    while let Some(Ok(question)) = tokio::task::block_in_place(|| questions.next()) {
        let answer = match question.split_once(' ').unwrap_or((&question, "")) {
            ("access-key-id", _) => Secret::new(key.access_key_id().as_str()),
            ("secret-access-key", _) => key.secret_access_key().clone(),
            ("serial-number", _) => Secret::new(device.serial_number().to_string()),
            ("seed", _) => device.seed().clone(),
            ("saml", _) => saml.respond(&SamlAssertionSpec::new("alice").with_role(&dev, saml.arn())),
            ("web-identity", _) => {
                oidc.token_at(&WebIdentityClaims::new("sts.amazonaws.com", "alice"), clock.now())
            }
            ("approve", user_code) => {
                aws.approve_device(user_code, "alice").unwrap();
                Secret::new("approved")
            }
            _ => panic!("`{question}` is no question"),
        };
        let masked: Vec<u8> = answer.expose().bytes().map(|byte| byte ^ MASK).collect();
        let length = u32::try_from(masked.len()).unwrap().to_le_bytes();
        let mut output = io::stdout().lock();
        output.write_all(&[&length[..], &masked].concat()).unwrap();
        output.flush().unwrap();
    }
}
