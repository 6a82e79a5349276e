//! Outside checks: what other people's clients and servers say.
//!
//! They need programs that `cargo xtask test` installs. Plain `cargo test` lists them as ignored; with the feature
//! `interop` they run, and a missing component is a failure.
#![expect(clippy::unwrap_used, clippy::expect_used, reason = "a test says what it expected and stops")]
#![expect(
    clippy::disallowed_methods,
    reason = "tests are told by the environment and write throw-away files"
)]

mod servers;

use servers::{Ministack, Moto, aws_cli, python};

const WHO: &str = "import boto3; print(boto3.client('sts').get_caller_identity()['Arn'])";
/// Makes an IAM user and prints the two halves of an access key of it.
const NEW_USER: &str = "
import boto3, sys
iam = boto3.client('iam')
iam.create_user(UserName=sys.argv[1])
key = iam.create_access_key(UserName=sys.argv[1])['AccessKey']
print(key['AccessKeyId'], key['SecretAccessKey'])
";
const CLI_WHO: [&str; 6] = ["sts", "get-caller-identity", "--query", "Arn", "--output", "text"];

/// A credentials file in a folder of its own.
struct CredentialsFile {
    file: String,
    _folder: tempfile::TempDir,
}

impl CredentialsFile {
    fn new(access_key_id: &str, secret_access_key: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("credentials").display().to_string();
        let text = format!(
            "[default]\naws_access_key_id = {access_key_id}\naws_secret_access_key = {secret_access_key}\n"
        );
        std::fs::write(&file, text).unwrap();
        Self { file, _folder: folder }
    }

    fn env<'a>(&'a self, endpoint: &'a str) -> [(&'static str, &'a str); 3] {
        [
            ("AWS_SHARED_CREDENTIALS_FILE", self.file.as_str()),
            ("AWS_DEFAULT_REGION", "eu-west-1"),
            ("AWS_ENDPOINT_URL", endpoint),
        ]
    }
}

/// The caller's ARN as boto3 and the AWS CLI get it, or what they say instead.
fn who(credentials: &CredentialsFile, endpoint: &str) -> [Result<String, String>; 2] {
    let env = credentials.env(endpoint);
    [python(WHO, &[], &env), aws_cli(&CLI_WHO, &env)]
        .map(|ended| if ended.status.success() { Ok(ended.stdout) } else { Err(ended.stderr) })
}

#[test]
#[cfg_attr(not(feature = "interop"), ignore = "outside check, left to `cargo xtask test`")]
fn moto_answers_boto3_and_the_cli() {
    let moto = Moto::start();
    let credentials = CredentialsFile::new("AKIAIOSFODNN7EXAMPLE", "any");
    for answer in who(&credentials, &moto.endpoint()) {
        assert_eq!(answer.as_deref(), Ok("arn:aws:sts::123456789012:user/moto"));
    }
}

#[test]
#[cfg_attr(not(feature = "interop"), ignore = "outside check, left to `cargo xtask test`")]
fn ministack_knows_its_callers_and_refuses_a_wrong_secret() {
    let ministack = Ministack::start();
    let endpoint = ministack.endpoint();
    let administrator = CredentialsFile::new("test", "test");
    for answer in who(&administrator, &endpoint) {
        assert_eq!(answer.as_deref(), Ok("arn:aws:iam::000000000000:root"));
    }

    let made = python(NEW_USER, &["ada"], &administrator.env(&endpoint));
    let (access_key_id, secret_access_key) =
        made.stdout.split_once(' ').unwrap_or_else(|| panic!("{made:?}"));
    for answer in who(&CredentialsFile::new(access_key_id, secret_access_key), &endpoint) {
        assert_eq!(answer.as_deref(), Ok("arn:aws:iam::000000000000:user/ada"));
    }
    for answer in who(&CredentialsFile::new(access_key_id, "wrong"), &endpoint) {
        assert!(answer.as_ref().is_err_and(|said| said.contains("SignatureDoesNotMatch")), "{answer:?}");
    }
}
