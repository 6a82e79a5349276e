//! Over TLS: the file that says whom to trust. What is answered there is tested with the front itself.

use crate::program::output;

#[cfg(all(feature = "tls", unix))]
#[test]
fn the_authority_is_in_the_file_as_long_as_the_server_is_there() {
    use std::os::unix::fs::PermissionsExt;

    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("ca.pem");
    let file = path.to_str().unwrap();
    let mut program = crate::program::Program::start(&["--tls", "--ca-file", file]);

    assert!(program.environment["AWS_ENDPOINT_URL"].starts_with("https://127.0.0.1:"));
    assert_eq!(program.environment["AWS_CA_BUNDLE"], file);
    let text = std::fs::read_to_string(&path).unwrap();
    assert!(text.starts_with("-----BEGIN CERTIFICATE-----\n"), "{text}");
    assert_eq!(std::fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o644);

    let second = output(&["serve", "--tls", "--ca-file", file]);
    let said = String::from_utf8(second.stderr).unwrap();
    assert!(said.contains("cannot write the authority's certificate to"), "{said}");
    assert_eq!((second.status.code(), second.stdout.len()), (Some(1), 0));
    assert_eq!(std::fs::read_to_string(&path).unwrap(), text, "a file that is there is left alone");

    assert!(program.stop("TERM").0.success());
    assert!(!path.exists());
}

#[cfg(feature = "tls")]
#[test]
fn a_name_that_cannot_be_is_told_and_no_file_is_left() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("ca.pem");
    let output = output(&["serve", "--tls", "--ca-file", path.to_str().unwrap(), "--names", "b\u{fc}cher"]);
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(said.contains("not one that a certificate can have"), "{said}");
    assert!(!path.exists());
}

#[cfg(not(feature = "tls"))]
#[test]
fn a_build_without_it_says_so() {
    let output = output(&["serve", "--tls", "--ca-file", "/nowhere/ca.pem"]);
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(said.contains("build it with the feature `tls`"), "{said}");
    assert_eq!(output.status.code(), Some(1));
}
