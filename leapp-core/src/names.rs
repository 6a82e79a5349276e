//! Names and identifiers, parsed at the door.
//!
//! Each type can only be made by `parse`, so what holds one need not look again. The rules are AWS's, from the
//! [STS API reference](https://docs.aws.amazon.com/STS/latest/APIReference/) and
//! [IAM identifiers](https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html), unless a type says otherwise.

use std::borrow::Borrow;
use std::fmt;
use std::str::FromStr;
use std::sync::Arc;

use crate::{Error, ErrorKind};

/// Declares a name: the text is checked once, shared by clones and printed as it is.
macro_rules! name {
    ($(#[$doc:meta])* $Name:ident, $what:literal, $check:expr) => {
        $(#[$doc])*
        #[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $Name(Arc<str>);

        impl $Name {
            pub(crate) const WHAT: &'static str = $what;

            /// Reads the name from text.
            ///
            /// # Errors
            /// [`ErrorKind::InvalidInput`], naming the rule that the text breaks.
            pub fn parse(text: &str) -> Result<Self, Error> {
                let check: fn(&str) -> Result<(), String> = $check;
                match check(text) {
                    Ok(()) => Ok(Self(text.into())),
                    Err(reason) => Err(refuse(Self::WHAT, text, &reason)),
                }
            }

            /// The text it was parsed from.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $Name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl fmt::Debug for $Name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, concat!(stringify!($Name), "({:?})"), &*self.0)
            }
        }

        impl Borrow<str> for $Name {
            fn borrow(&self) -> &str {
                &self.0
            }
        }

        impl FromStr for $Name {
            type Err = Error;

            fn from_str(text: &str) -> Result<Self, Error> {
                Self::parse(text)
            }
        }
    };
}

name! {
    /// Names a session: the recipe that yields credentials. The host chooses it; a UUID is a good one.
    ///
    /// 1 to 128 characters of letters, digits and `_.:@/+=,-`, so that it can stand in a file, a vault key and a log line.
    SessionId, "session id", |text| {
        length(text, 1, 128)?;
        only(text, |c| c.is_ascii_alphanumeric() || "_.:@/+=,-".contains(c))
    }
}

name! {
    /// A named profile, as in `AWS_PROFILE` and in a section header of the shared credentials file.
    ///
    /// 1 to 128 characters of letters, digits and `_-/.%@:+`. AWS publishes no grammar; this is the set the AWS SDK for Rust
    /// reads (it drops other sections without a word), which every other SDK reads too. `DEFAULT`, in capitals, is refused.
    ///
    /// ```
    /// use leapp_core::ProfileName;
    ///
    /// assert_eq!(ProfileName::parse("prod-eu")?.as_str(), "prod-eu");
    /// assert!(ProfileName::parse("prod]\n[default").is_err());
    /// # Ok::<(), leapp_core::Error>(())
    /// ```
    ProfileName, "profile name", |text| {
        length(text, 1, 128)?;
        // In Python's parser, and so for the AWS CLI, every other profile inherits what stands in a section `DEFAULT`.
        if text == "DEFAULT" { return Err("every other profile would inherit it; `default` is the default profile".into()); }
        only(text, |c| c.is_ascii_alphanumeric() || "_-/.%@:+".contains(c))
    }
}

name! {
    /// An AWS account: twelve digits, leading zeros kept.
    AccountId, "account id", account
}

name! {
    /// An AWS Region's code, such as `eu-west-1`: lower-case letters, digits and hyphens.
    Region, "region", |text| {
        length(text, 2, 63)?;
        only(text, |c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-')?;
        if text.starts_with('-') || text.ends_with('-') { Err("it starts or ends with a hyphen".into()) } else { Ok(()) }
    }
}

name! {
    /// The ARN of an IAM role, in any partition, with or without a path.
    ///
    /// ```
    /// use leapp_core::RoleArn;
    ///
    /// let role = RoleArn::parse("arn:aws-cn:iam::012345678901:role/ops/Deploy")?;
    /// assert_eq!(role.partition(), "aws-cn");
    /// assert_eq!(role.account_id().as_str(), "012345678901");
    /// assert_eq!(role.role_name(), "Deploy");
    /// # Ok::<(), leapp_core::Error>(())
    /// ```
    RoleArn, "role ARN", role_arn
}

name! {
    /// The ARN of an IAM managed policy, of the account or of AWS.
    PolicyArn, "policy ARN", |text| {
        length(text, 20, 2048)?;
        let [_, account_id, resource] = iam_arn(text)?;
        if account_id != "aws" { account(account_id)?; }
        path_and_name(resource, "policy", 128)
    }
}

name! {
    /// The ARN of a SAML provider in IAM (`PrincipalArn` of AssumeRoleWithSAML).
    ///
    /// Its name has 1 to 128 letters, digits and `._-`.
    SamlProviderArn, "SAML provider ARN", |text| {
        length(text, 20, 2048)?;
        let [_, account_id, resource] = iam_arn(text)?;
        account(account_id)?;
        let Some(name) = resource.strip_prefix("saml-provider/") else {
            return Err("the resource is not `saml-provider/NAME`".into());
        };
        length(name, 1, 128)?;
        only(name, |c| c.is_ascii_alphanumeric() || "._-".contains(c))
    }
}

name! {
    /// The name a role session is given (`RoleSessionName`): 2 to 64 characters of letters, digits and `_+=,.@-`.
    RoleSessionName, "role session name", |text| {
        length(text, 2, 64)?;
        only(text, is_session_name)
    }
}

name! {
    /// The name a federated user is given (`Name` of GetFederationToken): 2 to 32 characters of letters, digits and `_+=,.@-`.
    FederatedUserName, "federated user name", |text| {
        length(text, 2, 32)?;
        only(text, is_session_name)
    }
}

name! {
    /// The identity behind a chain of roles (`SourceIdentity`): 2 to 64 characters of letters, digits and `_+=,.@-`.
    SourceIdentity, "source identity", |text| {
        length(text, 2, 64)?;
        only(text, is_session_name)?;
        if text.starts_with("aws:") { Err("`aws:` is reserved".into()) } else { Ok(()) }
    }
}

name! {
    /// What the owner of a role asks its users to repeat (`ExternalId`): 2 to 1224 characters of letters, digits and `_+=,.@:/-`.
    ExternalId, "external id", |text| {
        length(text, 2, 1224)?;
        only(text, |c| is_session_name(c) || ":/".contains(c))
    }
}

name! {
    /// An MFA device (`SerialNumber`): the number of a hardware device or the ARN of a virtual one, 9 to 256 characters.
    SerialNumber, "MFA serial number", |text| {
        length(text, 9, 256)?;
        only(text, |c| is_session_name(c) || ":/".contains(c))
    }
}

name! {
    /// The public half of an access key (`AccessKeyId`): 16 to 128 letters and digits. Not a secret.
    AccessKeyId, "access key id", |text| {
        length(text, 16, 128)?;
        only(text, |c| c.is_ascii_alphanumeric() || c == '_')
    }
}

impl RoleArn {
    /// The partition: `aws`, `aws-cn`, `aws-us-gov` and so on.
    pub fn partition(&self) -> &str {
        self.field(1)
    }

    /// The account that owns the role.
    pub fn account_id(&self) -> AccountId {
        AccountId(self.field(4).into())
    }

    /// The role's name without its path.
    pub fn role_name(&self) -> &str {
        self.0.rsplit('/').next().unwrap_or_default()
    }

    fn field(&self, index: usize) -> &str {
        self.0.split(':').nth(index).unwrap_or_default()
    }
}

impl SamlProviderArn {
    /// The partition: `aws`, `aws-cn`, `aws-us-gov` and so on.
    pub fn partition(&self) -> &str {
        self.0.split(':').nth(1).unwrap_or_default()
    }
}

impl SerialNumber {
    /// The partition of a virtual device; a hardware device's number names none.
    pub fn partition(&self) -> Option<&str> {
        self.0.strip_prefix("arn:")?.split(':').next()
    }

    /// The account of a virtual device; a hardware device's number names none.
    pub fn account_id(&self) -> Option<AccountId> {
        let mut fields = self.0.split(':');
        (fields.next() == Some("arn")).then_some(())?;
        AccountId::parse(fields.nth(3)?).ok()
    }
}

fn role_arn(text: &str) -> Result<(), String> {
    length(text, 20, 2048)?;
    let [_, account_id, resource] = iam_arn(text)?;
    account(account_id)?;
    path_and_name(resource, "role", 64)
}

/// What follows an IAM ARN's type: an optional path of printable ASCII, and a name.
fn path_and_name(resource: &str, kind: &str, longest: usize) -> Result<(), String> {
    let Some(path_and_name) = resource.strip_prefix(kind).and_then(|rest| rest.strip_prefix('/')) else {
        return Err(format!("the resource is not `{kind}/NAME`"));
    };
    only(path_and_name, |c| c.is_ascii_graphic())?;
    let name = path_and_name.rsplit('/').next().unwrap_or_default();
    let in_name = |reason| format!("its {kind} name: {reason}");
    length(name, 1, longest).map_err(in_name)?;
    only(name, is_session_name).map_err(in_name)
}

/// Partition, account and resource of an IAM ARN (`arn:PARTITION:iam::ACCOUNT:RESOURCE`).
fn iam_arn(text: &str) -> Result<[&str; 3], String> {
    let fields: Vec<&str> = text.splitn(6, ':').collect();
    let [arn, partition, service, region, account_id, resource] = fields[..] else {
        return Err("it is not `arn:PARTITION:iam::ACCOUNT:RESOURCE`".into());
    };
    if arn != "arn" || service != "iam" || !region.is_empty() {
        return Err("it is not `arn:PARTITION:iam::ACCOUNT:RESOURCE`".into());
    }
    let is_partition = partition == "aws" || partition.starts_with("aws-");
    if !is_partition || !partition.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-') {
        return Err("its partition does not start with `aws`".into());
    }
    Ok([partition, account_id, resource])
}

fn account(text: &str) -> Result<(), String> {
    if text.len() == 12 && text.bytes().all(|byte| byte.is_ascii_digit()) {
        Ok(())
    } else {
        Err("an account id is twelve digits".into())
    }
}

fn is_session_name(c: char) -> bool {
    c.is_ascii_alphanumeric() || "_+=,.@-".contains(c)
}

fn length(text: &str, least: usize, most: usize) -> Result<(), String> {
    let count = text.chars().count();
    if (least..=most).contains(&count) {
        Ok(())
    } else {
        Err(format!("it has {count} characters, where {least} to {most} are allowed"))
    }
}

fn only(text: &str, allowed: impl Fn(char) -> bool) -> Result<(), String> {
    match text.char_indices().find(|(_, c)| !allowed(*c)) {
        None => Ok(()),
        Some((at, c)) => Err(format!("{c:?} at byte {at} is not allowed")),
    }
}

fn refuse(what: &str, text: &str, reason: &str) -> Error {
    // Where a key id is asked for, a person may have pasted the secret beside it: then the text is not repeated.
    if what == AccessKeyId::WHAT {
        return Error::new(ErrorKind::InvalidInput, format!("{what}: {reason}"));
    }
    let shown: String = text.chars().take(64).collect();
    let more = if shown.len() < text.len() { "…" } else { "" };
    Error::new(ErrorKind::InvalidInput, format!("{what} {shown:?}{more}: {reason}"))
}
