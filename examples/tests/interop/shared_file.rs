//! A credentials file in a folder of its own.

use std::path::{Path, PathBuf};

use crate::clients::python;

/// What others keep in their file: line breaks of Windows, comments, nested settings, no line break at the end.
const FOREIGN: &str = "\
# written by hand, and in use\r
[default]\r
region = us-east-1\r
\r
[handmade] ; keep me\r
aws_access_key_id = AKIAI44QH8DHBEXAMPLE\r
aws_secret_access_key = je7MtGbClwBF/2Zp9Utk/h3yCo8nvbEXAMPLEKEY\r
s3 =\r
  max_concurrent_requests = 20\r
\r
[a-tool]\r
credential_process = /opt/a-tool --for \"some body\"\r
no_final_newline = yes";
/// The profiles above as two parsers read them; a profile that is not there is an error.
const PARSED: &str = "
import configparser, json, os
import botocore.session
path = os.environ['AWS_SHARED_CREDENTIALS_FILE']
names = ['default', 'handmade', 'a-tool']
profiles = botocore.session.Session().full_config['profiles']
parser = configparser.RawConfigParser(default_section=None)
assert parser.read(path) == [path]
print(json.dumps([[profiles[name], dict(parser[name])] for name in names], sort_keys=True))
";

pub(crate) struct SharedFile {
    path: PathBuf,
    before: String,
    _folder: tempfile::TempDir,
}

impl SharedFile {
    pub(crate) fn new(text: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("credentials");
        std::fs::write(&path, text).unwrap();
        Self { path, before: text.to_owned(), _folder: folder }
    }

    /// A file that is other people's too.
    pub(crate) fn with_foreign_profiles() -> Self {
        Self::new(FOREIGN)
    }

    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    pub(crate) fn text(&self) -> String {
        std::fs::read_to_string(&self.path).unwrap()
    }

    /// What a client needs to read this file, and no other, and to call this endpoint.
    ///
    /// No Region: that is for the file to give.
    pub(crate) fn env(&self, endpoint: &str) -> [(&'static str, String); 2] {
        [
            ("AWS_SHARED_CREDENTIALS_FILE", self.path.display().to_string()),
            ("AWS_ENDPOINT_URL", endpoint.to_owned()),
        ]
    }

    /// The foreign profiles as boto3 and configparser read them, as JSON.
    pub(crate) fn foreign_profiles(&self) -> String {
        let path = self.path.display().to_string();
        python(PARSED, &[], &[("AWS_SHARED_CREDENTIALS_FILE", &path)]).said().unwrap()
    }

    /// Whether it is byte for byte what it was.
    #[track_caller]
    pub(crate) fn assert_restored(&self) {
        assert_eq!(self.text(), self.before);
    }
}
