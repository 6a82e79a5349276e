//! Credentials as text for other programs: shells, `.env` files, `credential_process`.

mod quoting;

use std::fmt::Write as _;

use zeroize::Zeroizing;

use crate::{Error, ErrorKind, Secret, SessionCredentials};

/// More than the names, the punctuation and the time take, in any format.
const AROUND: usize = 512;

/// The ways to write a set of credentials, as `aws configure export-credentials` has them, and two more.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ExportFormat {
    /// `set NAME=value`, for `cmd.exe`; the AWS CLI's `windows-cmd`.
    Cmd,
    /// The JSON that a
    /// [`credential_process`](https://docs.aws.amazon.com/sdkref/latest/guide/feature-process-credentials.html) prints; the AWS
    /// CLI's `process`.
    CredentialProcess,
    /// `NAME=value`, for `.env` files; the AWS CLI's `env-no-export`.
    Dotenv,
    /// `set -gx NAME value`; the AWS CLI's `fish`.
    Fish,
    /// The four fields as STS names them, as JSON.
    Json,
    /// `export NAME=value`, for sh, bash and zsh; the AWS CLI's `env`.
    Posix,
    /// `$Env:NAME="value"`; the AWS CLI's `powershell`.
    PowerShell,
}

impl ExportFormat {
    /// Reads a format's name: ours in lower case (`posix`, `dotenv`, `credential-process`), or the AWS CLI's.
    ///
    /// # Errors
    /// [`ErrorKind::InvalidInput`], listing the names.
    pub fn parse(name: &str) -> Result<Self, Error> {
        Ok(match name {
            "cmd" | "windows-cmd" => Self::Cmd,
            "credential-process" | "process" => Self::CredentialProcess,
            "dotenv" | "env-no-export" => Self::Dotenv,
            "env" | "posix" => Self::Posix,
            "fish" => Self::Fish,
            "json" => Self::Json,
            "powershell" => Self::PowerShell,
            _ => {
                let shown: String = name.chars().take(64).collect();
                let message = format!(
                    "export format {shown:?} is none of posix (env), fish, powershell, cmd (windows-cmd), dotenv \
                     (env-no-export), credential-process (process), json"
                );
                return Err(Error::new(ErrorKind::InvalidInput, message));
            }
        })
    }
}

impl SessionCredentials {
    /// The set as text, secrets included: for a pipe or a program's environment, not for a file that stays.
    ///
    /// What stands in the values is quoted where the format needs it, so that a shell that reads the text runs nothing.
    /// The expiration is in UTC, to the second.
    ///
    /// ```
    /// use leapp_core::{AccessKeyId, ExportFormat, Secret, SessionCredentials};
    /// use std::time::{Duration, SystemTime};
    ///
    /// let set = SessionCredentials::new(
    ///     AccessKeyId::parse("ASIAIOSFODNN7EXAMPLE")?,
    ///     Secret::new("wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"),
    ///     Secret::new("IQoJb3JpZ2luX2VjE=="),
    ///     SystemTime::UNIX_EPOCH + Duration::from_secs(1_900_000_000),
    /// )?;
    /// assert_eq!(
    ///     set.export(ExportFormat::Posix)?.expose(),
    ///     "export AWS_ACCESS_KEY_ID=ASIAIOSFODNN7EXAMPLE\n\
    ///      export AWS_SECRET_ACCESS_KEY=wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY\n\
    ///      export AWS_SESSION_TOKEN=IQoJb3JpZ2luX2VjE==\n\
    ///      export AWS_CREDENTIAL_EXPIRATION=2030-03-17T17:46:40Z\n"
    /// );
    /// # Ok::<(), leapp_core::Error>(())
    /// ```
    ///
    /// # Errors
    /// [`ErrorKind::Unsupported`] when a value holds a character that `cmd.exe` cannot be given (`%`, `!`, `"`, `^`; no service
    /// has issued one yet), or the expiration is past the year 9999.
    pub fn export(&self, format: ExportFormat) -> Result<Secret, Error> {
        let expiration = self.written_expiration()?;
        let fields = [
            ("AWS_ACCESS_KEY_ID", "AccessKeyId", self.access_key_id().as_str()),
            ("AWS_SECRET_ACCESS_KEY", "SecretAccessKey", self.secret_access_key().expose()),
            ("AWS_SESSION_TOKEN", "SessionToken", self.session_token().expose()),
            ("AWS_CREDENTIAL_EXPIRATION", "Expiration", &expiration),
        ];
        // Quoted, a byte takes four at most; at full size at once, no half-grown copy of a secret is left behind.
        let size = 4 * fields.iter().map(|(_, _, value)| value.len()).sum::<usize>() + AROUND;
        let mut text = Zeroizing::new(String::with_capacity(size));
        match format {
            ExportFormat::CredentialProcess => json(&mut text, Some(("Version", "1")), &fields),
            ExportFormat::Json => json(&mut text, None, &fields),
            _ => {
                for (variable, _, value) in fields {
                    assign(&mut text, format, variable, value)?;
                }
            }
        }
        Ok(Secret::from(text))
    }

    fn written_expiration(&self) -> Result<String, Error> {
        let mut text = String::new();
        match write!(text, "{}", humantime::format_rfc3339_seconds(self.expiration())) {
            Ok(()) => Ok(text),
            Err(source) => {
                let message =
                    "the expiration of the set is out of the years that can be written, 1970 to 9999";
                Err(Error::new(ErrorKind::Unsupported, message).with_source(source))
            }
        }
    }
}

fn assign(text: &mut String, format: ExportFormat, variable: &str, value: &str) -> Result<(), Error> {
    let (before, between) = match format {
        ExportFormat::Posix => ("export ", "="),
        ExportFormat::Fish => ("set -gx ", " "),
        ExportFormat::PowerShell => ("$Env:", "="),
        ExportFormat::Cmd => ("set ", "="),
        ExportFormat::Dotenv | ExportFormat::CredentialProcess | ExportFormat::Json => ("", "="),
    };
    text.push_str(before);
    if format == ExportFormat::Cmd {
        quoting::cmd(text, variable, value)?;
    } else {
        text.push_str(variable);
        text.push_str(between);
        match format {
            ExportFormat::Posix => quoting::posix(text, value),
            ExportFormat::Fish => quoting::fish(text, value),
            ExportFormat::PowerShell => quoting::powershell(text, value),
            _ => quoting::dotenv(text, value),
        }
    }
    text.push('\n');
    Ok(())
}

fn json(text: &mut String, first: Option<(&str, &str)>, fields: &[(&str, &str, &str)]) {
    text.push('{');
    if let Some((name, number)) = first {
        quoting::json(text, name);
        text.push_str(": ");
        text.push_str(number);
        text.push_str(", ");
    }
    for (at, (_, name, value)) in fields.iter().enumerate() {
        text.push_str(if at == 0 { "" } else { ", " });
        quoting::json(text, name);
        text.push_str(": ");
        quoting::json(text, value);
    }
    text.push_str("}\n");
}
