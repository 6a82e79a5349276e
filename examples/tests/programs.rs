//! The examples that need nobody and nothing run to their end, and print what they show.

#![expect(clippy::unwrap_used, reason = "a test stops at what it did not expect")]

use std::path::PathBuf;
use std::process::Command;

/// Cargo builds the examples before it runs a test of their package.
fn run(example: &str) -> String {
    let mut program = PathBuf::from(std::env::current_exe().unwrap().parent().unwrap().parent().unwrap());
    program.extend(["examples", example]);
    let output = Command::new(program.with_extension(std::env::consts::EXE_EXTENSION)).output().unwrap();
    assert!(output.status.success(), "{example}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

#[test]
fn a_login_at_the_portal_is_shown_once_and_serves_every_role() {
    let printed = run("portal");
    assert_eq!(printed.matches("log in at https://d-1234567890.awsapps.com/start").count(), 1, "{printed}");
    assert!(printed.contains("administrator: ASIA") && printed.contains("readonly: ASIA"), "{printed}");
}

#[test]
fn a_saml_login_is_asked_for_once_and_serves_both_roles() {
    let printed = run("saml");
    assert_eq!(printed.matches("https://idp.example.com/idp/Corp").count(), 1, "{printed}");
    assert!(printed.contains("dev: arn:aws:sts::111122223333:assumed-role/Dev/alice until"), "{printed}");
    assert!(printed.contains("ops: arn:aws:sts::111122223333:assumed-role/Ops/alice until"), "{printed}");
}
