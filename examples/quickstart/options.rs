//! What the command line and the environment say.

use std::path::PathBuf;

use leapp_core::{Error, ErrorKind};

pub(crate) const HELP: &str = "\
Watches two sessions live: an IAM User with MFA, and an IAM Role Chained on top of it.

Usage: cargo run --example quickstart [-- OPTIONS]

  --endpoint-url URL       use this STS instead of a fake AWS of its own; then the access key comes from
                           AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, and time is not accelerated
  --role-arn ARN           the role to assume there
  --mfa-serial ARN         the user's MFA device there; its seed (base32) comes from LEAPP_MFA_SEED
  --region REGION          the Region (eu-west-1)
  --credentials-file PATH  the shared credentials file to write; else AWS_SHARED_CREDENTIALS_FILE,
                           else a temporary one
  --help
";

#[derive(Debug, Default)]
pub(crate) struct Options {
    pub(crate) endpoint_url: Option<String>,
    pub(crate) role_arn: Option<String>,
    pub(crate) mfa_serial: Option<String>,
    pub(crate) region: Option<String>,
    pub(crate) credentials_file: Option<PathBuf>,
    pub(crate) is_help: bool,
}

impl Options {
    pub(crate) fn read() -> Result<Self, Error> {
        let options = Self::parse(lexopt::Parser::from_env())
            .map_err(|source| Error::new(ErrorKind::InvalidInput, "the command line").with_source(source))?;
        let file = environment("AWS_SHARED_CREDENTIALS_FILE").map(PathBuf::from);
        Ok(Self { credentials_file: options.credentials_file.or(file), ..options })
    }

    fn parse(mut words: lexopt::Parser) -> Result<Self, lexopt::Error> {
        use lexopt::prelude::*;
        let mut options = Self::default();
        while let Some(word) = words.next()? {
            match word {
                Long("endpoint-url") => options.endpoint_url = Some(words.value()?.string()?),
                Long("role-arn") => options.role_arn = Some(words.value()?.string()?),
                Long("mfa-serial") => options.mfa_serial = Some(words.value()?.string()?),
                Long("region") => options.region = Some(words.value()?.string()?),
                Long("credentials-file") => options.credentials_file = Some(words.value()?.into()),
                Long("help") | Short('h') => options.is_help = true,
                _ => return Err(word.unexpected()),
            }
        }
        Ok(options)
    }
}

/// A variable of the environment; empty is unset.
#[expect(clippy::disallowed_methods, reason = "a program may read its environment")]
pub(crate) fn environment(name: &str) -> Option<String> {
    std::env::var(name).ok().filter(|value| !value.is_empty())
}
