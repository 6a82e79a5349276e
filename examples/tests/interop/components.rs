//! The components themselves: that they are there, and that they tell right from wrong.

use crate::clients::{aws_cli, python};
use crate::readers::CLI_WHO;
use crate::servers::{Ministack, Moto};
use crate::sessions::MinistackUser;
use crate::shared_file::SharedFile;

const WHO: &str = "import boto3; print(boto3.client('sts').get_caller_identity()['Arn'])";

/// The ARN of an access key's owner as boto3 and the AWS CLI get it, or what they say instead.
fn who(access_key_id: &str, secret_access_key: &str, endpoint: &str) -> [Result<String, String>; 2] {
    let file = SharedFile::new(&format!(
        "[default]\naws_access_key_id = {access_key_id}\naws_secret_access_key = {secret_access_key}\n"
    ));
    let path = file.path().display().to_string();
    let env = [
        ("AWS_SHARED_CREDENTIALS_FILE", path.as_str()),
        ("AWS_DEFAULT_REGION", "eu-west-1"),
        ("AWS_ENDPOINT_URL", endpoint),
    ];
    [python(WHO, &[], &env).said(), aws_cli(&CLI_WHO, &env).said()]
}

#[test]
#[cfg_attr(not(feature = "interop"), ignore = "outside check, left to `cargo xtask test`")]
fn moto_answers_boto3_and_the_cli() {
    let moto = Moto::start();
    for answer in who("AKIAIOSFODNN7EXAMPLE", "any", &moto.endpoint()) {
        assert_eq!(answer.as_deref(), Ok("arn:aws:sts::123456789012:user/moto"));
    }
}

#[test]
#[cfg_attr(not(feature = "interop"), ignore = "outside check, left to `cargo xtask test`")]
fn ministack_knows_its_callers_and_refuses_a_wrong_secret() {
    let ministack = Ministack::start();
    let endpoint = ministack.endpoint();
    for answer in who("test", "test", &endpoint) {
        assert_eq!(answer.as_deref(), Ok("arn:aws:iam::000000000000:root"));
    }
    let ada = MinistackUser::new(&ministack, "ada");
    for answer in who(&ada.access_key_id, &ada.secret_access_key, &endpoint) {
        assert_eq!(answer.as_deref(), Ok("arn:aws:iam::000000000000:user/ada"));
    }
    for answer in who(&ada.access_key_id, "wrong", &endpoint) {
        assert!(answer.as_ref().is_err_and(|said| said.contains("SignatureDoesNotMatch")), "{answer:?}");
    }
}
