//! The example `quickstart`, as a person runs it.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::SystemTime;

use crate::clients::run;
use crate::servers::{Ministack, Moto};
use crate::sessions::MinistackUser;
use crate::shared_file::SharedFile;

/// Plays it to its end and gives what it printed.
fn play(arguments: &[&str], env: &[(&str, &str)]) -> String {
    run(Command::new(example("quickstart")).args(arguments).env_clear(), env).said().unwrap()
}

/// The example's program, which every `cargo test` of this package without a choice of targets builds.
///
/// Not `cargo run`: with the features of one package only, it would compile half of the workspace a second time.
fn example(name: &str) -> PathBuf {
    let test = std::env::current_exe().unwrap();
    let program = test.parent().and_then(Path::parent).unwrap().join("examples").join(name);
    let how = "`cargo build -p leapp-examples --examples` builds it";
    assert!(program.is_file(), "{} is missing: {how}", program.display());
    let [built, tested] = [program.as_path(), &test].map(modified);
    for source in sources(&program) {
        // A source that changed when this test was built already is not in the test either.
        let is_stale = (built..tested).contains(&modified(&source));
        assert!(!is_stale, "{name} is older than {}: {how}", source.display());
    }
    program
}

/// What cargo says beside a program that it was built from, as `PROGRAM: SOURCE SOURCE`, a space in a name escaped.
fn sources(program: &Path) -> Vec<PathBuf> {
    let note = std::fs::read_to_string(program.with_extension("d")).unwrap().replace("\\ ", "\0");
    let (_, sources) = note.split_once(": ").unwrap();
    sources.split_whitespace().map(|source| PathBuf::from(source.replace('\0', " "))).collect()
}

fn modified(file: &Path) -> SystemTime {
    file.metadata().and_then(|metadata| metadata.modified()).unwrap()
}

#[track_caller]
fn assert_played(said: &str, session_arn: &str) {
    let proofs = said.lines().filter(|line| line.ends_with(&format!("profile deploy is {session_arn}")));
    assert_eq!(proofs.count(), 3, "{said}");
    assert!(said.contains("The file is byte for byte what it was"), "{said}");
}

#[test]
#[cfg_attr(not(feature = "interop"), ignore = "outside check, left to `cargo xtask test`")]
fn quickstart_plays_before_its_own_fake() {
    let said = play(&[], &[]);
    assert_played(&said, "arn:aws:sts::111122223333:assumed-role/Deploy/assumed-from-leapp");
}

#[test]
#[cfg_attr(not(feature = "interop"), ignore = "outside check, left to `cargo xtask test`")]
fn quickstart_plays_before_moto_with_mfa() {
    let moto = Moto::start();
    let file = SharedFile::with_foreign_profiles();
    let arguments = [
        "--endpoint-url",
        &moto.endpoint(),
        "--role-arn",
        "arn:aws:iam::123456789012:role/Deploy",
        "--mfa-serial",
        "arn:aws:iam::123456789012:mfa/alice",
        "--credentials-file",
        &file.path().display().to_string(),
    ];
    let env = [
        ("AWS_ACCESS_KEY_ID", "AKIAIOSFODNN7EXAMPLE"),
        ("AWS_SECRET_ACCESS_KEY", "any"),
        ("LEAPP_MFA_SEED", "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"),
    ];
    let said = play(&arguments, &env);
    assert_played(&said, "arn:aws:sts::123456789012:assumed-role/Deploy/assumed-from-leapp");
    assert!(moto.request("GetSessionToken").contains_key("TokenCode"), "{said}");
    file.assert_restored();
}

#[test]
#[cfg_attr(not(feature = "interop"), ignore = "outside check, left to `cargo xtask test`")]
fn quickstart_plays_before_ministack() {
    let ministack = Ministack::start();
    let alice = MinistackUser::new(&ministack, "alice");
    let role_arn = ministack.new_role("Deploy", &alice.trust_policy("{}"));
    let file = SharedFile::with_foreign_profiles();
    let path = file.path().display().to_string();
    let env = [
        ("AWS_ACCESS_KEY_ID", alice.access_key_id.as_str()),
        ("AWS_SECRET_ACCESS_KEY", alice.secret_access_key.as_str()),
        ("AWS_SHARED_CREDENTIALS_FILE", path.as_str()),
    ];
    let said = play(&["--endpoint-url", &ministack.endpoint(), "--role-arn", &role_arn], &env);
    assert_played(&said, "arn:aws:sts::000000000000:assumed-role/Deploy/assumed-from-leapp");
    file.assert_restored();
}
