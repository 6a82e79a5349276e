//! Three clients that read our file, each in its own way: boto3, the AWS CLI and `aws-config`.

use crate::clients::{aws_cli, python};
use crate::rust_sdk;
use crate::sessions::Sessions;
use crate::shared_file::SharedFile;

pub(crate) const CLI_WHO: [&str; 6] = ["sts", "get-caller-identity", "--query", "Arn", "--output", "text"];
/// Prints a profile's access key id and Region, and who the service says that is.
const WHO: &str = "
import boto3, sys
session = boto3.Session(profile_name=sys.argv[1])
credentials = session.get_credentials()
assert credentials.method == 'shared-credentials-file', credentials.method
arn = session.client('sts').get_caller_identity()['Arn']
print(credentials.access_key, session.region_name, arn)
";

/// What a client finds in a profile, and who the service says that is.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Caller {
    pub(crate) access_key_id: String,
    pub(crate) region: String,
    pub(crate) arn: String,
}

/// A profile as boto3 uses it, in a process of its own.
pub(crate) fn boto3(file: &SharedFile, profile: &str, endpoint: &str) -> Result<Caller, String> {
    let env = file.env(endpoint);
    let said =
        python(WHO, &[profile], &env.each_ref().map(|(name, value)| (*name, value.as_str()))).said()?;
    let [access_key_id, region, arn] = said.split(' ').collect::<Vec<_>>()[..] else { return Err(said) };
    Ok(Caller { access_key_id: access_key_id.to_owned(), region: region.to_owned(), arn: arn.to_owned() })
}

/// Who a profile is to the AWS CLI.
pub(crate) fn cli(file: &SharedFile, profile: &str, endpoint: &str) -> Result<String, String> {
    let env = file.env(endpoint);
    let arguments = [CLI_WHO.as_slice(), &["--profile", profile]].concat();
    aws_cli(&arguments, &env.each_ref().map(|(name, value)| (*name, value.as_str()))).said()
}

/// Asserts that all three find in a session's profile what the library gives for it, and that they are `arn` with it.
pub(crate) async fn assert_all_are(sessions: &Sessions, session: &str, arn: &str) {
    let caller = Caller {
        access_key_id: sessions.current(session).await.access_key_id().to_string(),
        region: sessions.region.to_string(),
        arn: arn.to_owned(),
    };
    let (file, endpoint) = (&sessions.file, &sessions.endpoint);
    assert_eq!(boto3(file, session, endpoint).as_ref(), Ok(&caller));
    assert_eq!(rust_sdk::caller(file.path(), session, endpoint).await.as_ref(), Ok(&caller));
    assert_eq!(cli(file, session, endpoint).as_deref(), Ok(arn));
}
