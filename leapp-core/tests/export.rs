//! Exported credentials, read back by what they are written for, or by its rules.
#![expect(clippy::unwrap_used, reason = "tests")]

use std::process::Command;
use std::time::{Duration, SystemTime};

use leapp_core::{AccessKeyId, ErrorKind, ExportFormat, Secret, SessionCredentials};

/// Everything that means something to some reader, and is no control character.
const NASTY: &str = "a'b\"c\\d$HOME`id`$(id);e|f&g<h>i*j?k~l #m=n{o}p[q]r!s%PATH%t^u\u{201c}v\u{e9} w\\";

fn set(secret: &str, token: &str) -> SessionCredentials {
    let expiration = SystemTime::UNIX_EPOCH + Duration::from_secs(1_900_000_000);
    let id = AccessKeyId::parse("ASIAIOSFODNN7EXAMPLE").unwrap();
    SessionCredentials::new(id, Secret::new(secret), Secret::new(token), expiration).unwrap()
}

fn usual() -> SessionCredentials {
    set("wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY", "IQoJb3JpZ2luX2VjE+/x==")
}

fn export(set: &SessionCredentials, format: ExportFormat) -> String {
    set.export(format).unwrap().expose().to_owned()
}

#[test]
fn each_format_is_what_its_reader_expects() {
    let line = |format| export(&usual(), format).lines().nth(2).unwrap().to_owned();
    assert_eq!(line(ExportFormat::Posix), "export AWS_SESSION_TOKEN=IQoJb3JpZ2luX2VjE+/x==");
    assert_eq!(line(ExportFormat::Fish), "set -gx AWS_SESSION_TOKEN IQoJb3JpZ2luX2VjE+/x==");
    assert_eq!(line(ExportFormat::PowerShell), "$Env:AWS_SESSION_TOKEN=\"IQoJb3JpZ2luX2VjE+/x==\"");
    assert_eq!(line(ExportFormat::Cmd), "set AWS_SESSION_TOKEN=IQoJb3JpZ2luX2VjE+/x==");
    assert_eq!(line(ExportFormat::Dotenv), "AWS_SESSION_TOKEN=IQoJb3JpZ2luX2VjE+/x==");
    assert_eq!(
        export(&usual(), ExportFormat::CredentialProcess),
        "{\"Version\": 1, \"AccessKeyId\": \"ASIAIOSFODNN7EXAMPLE\", \
         \"SecretAccessKey\": \"wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY\", \
         \"SessionToken\": \"IQoJb3JpZ2luX2VjE+/x==\", \"Expiration\": \"2030-03-17T17:46:40Z\"}\n"
    );
    assert!(export(&usual(), ExportFormat::Json).starts_with("{\"AccessKeyId\": \"ASIA"));
}

#[test]
fn a_shell_takes_every_value_as_it_is_and_runs_nothing_of_it() {
    let script = format!(
        "{}printf '%s\\n' \"$AWS_SECRET_ACCESS_KEY\" \"$AWS_SESSION_TOKEN\"",
        export(&set(NASTY, NASTY), ExportFormat::Posix)
    );
    let output = Command::new("sh").args(["-eu", "-c", &script]).output().unwrap();
    assert_eq!(String::from_utf8(output.stdout).unwrap(), format!("{NASTY}\n{NASTY}\n"));
    assert!(output.stderr.is_empty());
}

#[test]
fn json_gives_every_value_back() {
    for format in [ExportFormat::Json, ExportFormat::CredentialProcess] {
        let json: serde_json::Value = serde_json::from_str(&export(&set(NASTY, NASTY), format)).unwrap();
        assert_eq!(json["SecretAccessKey"], NASTY);
        assert_eq!(json["SessionToken"], NASTY);
        assert_eq!(json["Expiration"], "2030-03-17T17:46:40Z");
    }
}

#[test]
fn cmd_is_given_what_it_can_take_and_an_error_says_what_it_cannot() {
    let token = "a&b|c<d>e f";
    let text = export(&set("secret", token), ExportFormat::Cmd);
    assert!(text.contains("set \"AWS_SESSION_TOKEN=a&b|c<d>e f\"\n"), "{text}");
    for wrong in ["50%", "a!b", "a\"b", "a^b"] {
        let error = set("secret", wrong).export(ExportFormat::Cmd).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Unsupported);
        assert!(
            error.to_string().contains("AWS_SESSION_TOKEN") && !error.to_string().contains(wrong),
            "{error}"
        );
    }
}

#[test]
fn a_time_that_cannot_be_written_is_an_error() {
    let end = SystemTime::UNIX_EPOCH + Duration::from_secs(300_000_000_000);
    let id = AccessKeyId::parse("ASIAIOSFODNN7EXAMPLE").unwrap();
    let set = SessionCredentials::new(id, Secret::new("secret"), Secret::new("token"), end).unwrap();
    assert_eq!(set.export(ExportFormat::Json).unwrap_err().kind(), ErrorKind::Unsupported);
}

#[test]
fn formats_have_our_names_and_the_aws_clis() {
    for (name, format) in [
        ("posix", ExportFormat::Posix),
        ("env", ExportFormat::Posix),
        ("env-no-export", ExportFormat::Dotenv),
        ("powershell", ExportFormat::PowerShell),
        ("windows-cmd", ExportFormat::Cmd),
        ("fish", ExportFormat::Fish),
        ("process", ExportFormat::CredentialProcess),
        ("json", ExportFormat::Json),
    ] {
        assert_eq!(ExportFormat::parse(name).unwrap(), format);
    }
    let error = ExportFormat::parse("yaml").unwrap_err();
    assert!(error.to_string().starts_with("export format \"yaml\" is none of posix"), "{error}");
}
