//! What the library exports, beside what `aws configure export-credentials` prints of the same set, and in a fish shell.

use std::process::Command;
use std::time::{Duration, SystemTime};

use leapp_core::{AccessKeyId, ExportFormat, Secret, SessionCredentials};

use crate::clients::run;

fn set(token: &str) -> SessionCredentials {
    let now = SystemTime::now();
    let id = AccessKeyId::parse("ASIAIOSFODNN7EXAMPLE").unwrap();
    let secret = Secret::new("wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY");
    SessionCredentials::new(id, secret, Secret::new(token), now + Duration::from_secs(3600)).unwrap()
}

fn export(set: &SessionCredentials, format: ExportFormat) -> String {
    set.export(format).unwrap().expose().to_owned()
}

/// The AWS CLI gives UTC as an offset.
fn in_our_words(text: &str) -> String {
    text.trim().replace("+00:00", "Z")
}

#[test]
#[cfg_attr(not(feature = "interop"), ignore = "outside check, left to `cargo xtask test`")]
fn each_format_is_what_the_aws_cli_prints() {
    let set = set("IQoJb3JpZ2luX2VjE+/x==");
    let folder = tempfile::tempdir().unwrap();
    let (process, config) = (folder.path().join("process.json"), folder.path().join("config"));
    std::fs::write(&process, export(&set, ExportFormat::CredentialProcess)).unwrap();
    let profile = format!("[profile p]\ncredential_process = cat {}\n", process.display());
    std::fs::write(&config, profile).unwrap();
    let env = [("AWS_CONFIG_FILE", config.to_str().unwrap())];
    for name in ["process", "env", "env-no-export", "powershell", "windows-cmd"] {
        let arguments = ["configure", "export-credentials", "--profile", "p", "--format", name];
        // The second version, which Debian has: the first exports nothing.
        let mut aws = Command::new("/usr/bin/aws");
        aws.env_clear().env("PATH", "/usr/bin:/bin").args(arguments);
        let theirs = in_our_words(&run(&mut aws, &env).said().unwrap());
        let ours = export(&set, ExportFormat::parse(name).unwrap());
        if name == "process" {
            let [theirs, ours] =
                [&theirs, &ours].map(|text| serde_json::from_str::<serde_json::Value>(text).unwrap());
            assert_eq!(theirs, ours);
        } else {
            assert_eq!(theirs, ours.trim(), "{name}");
        }
    }
}

#[test]
#[cfg_attr(not(feature = "interop"), ignore = "outside check, left to `cargo xtask test`")]
fn fish_takes_every_value_as_it_is_and_runs_nothing_of_it() {
    let nasty = "a'b\"c\\d$HOME`id`(id);e|f&g<h>i*j?k~l #m=n{o}p[q]r!s%t^u\u{201c}v w\\";
    let script = format!("{}printf '%s' $AWS_SESSION_TOKEN", export(&set(nasty), ExportFormat::Fish));
    let mut fish = Command::new("fish");
    fish.env_clear().env("PATH", "/usr/bin:/bin").args(["--no-config", "--command", &script]);
    assert_eq!(run(&mut fish, &[]).said().as_deref(), Ok(nasty));
}
