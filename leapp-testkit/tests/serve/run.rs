//! What it prints, answers, logs, and how it ends.

use std::fs::File;
use std::io::Write;
use std::net::TcpStream;
use std::time::{Duration, SystemTime};

use aws_sdk_sts::error::ProvideErrorMetadata;
use leapp_core::{AccountId, Secret};
use leapp_testkit::aws::FakeAws;
use leapp_testkit::clock::ManualClock;

use crate::program::{Program, output};

/// The code that a device with this seed shows now.
fn code(seed: &str) -> String {
    #[expect(clippy::disallowed_methods, reason = "the program's clock is the machine's")]
    let now = SystemTime::now();
    let aws = FakeAws::new(std::sync::Arc::new(ManualClock::new(now)));
    let alice = aws.add_user(&AccountId::parse("111122223333").unwrap(), "alice");
    let device = aws.add_known_mfa_device(&alice, Secret::new(seed)).unwrap();
    device.code_at(now).expose().to_owned()
}

#[tokio::test]
async fn the_environment_is_all_that_a_client_needs() {
    let mut program = Program::start(&[]);
    let client = program.client();

    let identity = client.get_caller_identity().send().await.unwrap();
    assert_eq!(identity.arn(), Some("arn:aws:iam::111122223333:user/alice"));
    let role = program.comment("role");
    let call = client.assume_role().role_arn(role).role_session_name("session").duration_seconds(43_200);
    call.send().await.unwrap();
    let (serial_number, seed) = program.comment("MFA device").split_once(", seed (base32) ").unwrap();
    let call = client.get_session_token().serial_number(serial_number).token_code(code(seed));
    call.send().await.unwrap();

    assert_eq!(program.comment("Identity Center"), "https://d-1234567890.awsapps.com/start in us-east-1");
    assert_eq!(program.comment("sso_start_url ="), "https://d-1234567890.awsapps.com/start");
    assert_eq!(program.comment("sso_role_name ="), "ReadOnly");
    assert_eq!(program.environment["AWS_EC2_METADATA_DISABLED"], "true");
    assert_eq!(program.environment["AWS_DEFAULT_REGION"], program.environment["AWS_REGION"]);
    assert!(program.printed.lines().all(|line| line.starts_with('#')
        || line.starts_with("export ")
        || line == "unset AWS_SESSION_TOKEN AWS_PROFILE"));
    assert!(program.stop("TERM").0.success());
}

#[tokio::test]
async fn it_ends_well_with_either_signal_whatever_is_open() {
    for signal in ["INT", "TERM"] {
        let mut program = Program::start(&["--quiet"]);
        let address = program.environment["AWS_ENDPOINT_URL"].replace("http://", "");
        let mut half = TcpStream::connect(&address).unwrap();
        half.write_all(b"POST / HTTP/1.1\r\n").unwrap();
        program.client().get_caller_identity().send().await.unwrap();

        let (status, log) = program.stop(signal);

        assert_eq!(status.code(), Some(0), "{signal}");
        assert_eq!(log, [""; 0], "quiet is quiet");
        assert!(TcpStream::connect(&address).is_err());
    }
}

#[tokio::test]
async fn every_request_is_a_line_with_what_was_checked() {
    for format in ["text", "json"] {
        let mut program = Program::start(&["--log", format]);
        let client = program.client();
        client.get_caller_identity().send().await.unwrap();
        let role = "arn:aws:iam::111122223333:role/None";
        let denied = client.assume_role().role_arn(role).role_session_name("session").send().await;
        assert_eq!(denied.unwrap_err().code(), Some("AccessDenied"));

        let (_, log) = program.stop("INT");

        assert_eq!(log.len(), 2, "{log:?}");
        assert!(log[0].contains("GetCallerIdentity") && log[0].contains("signature"), "{}", log[0]);
        assert!(log[1].contains("AccessDenied") && log[1].contains("role"), "{}", log[1]);
        assert!(log.iter().all(|line| line.starts_with('{') == (format == "json")), "{log:?}");
        let secret = &program.environment["AWS_SECRET_ACCESS_KEY"];
        assert!(log.iter().all(|line| !line.contains(secret)));
    }
}

#[tokio::test]
async fn it_answers_when_nobody_reads_its_log_any_more() {
    for format in ["text", "json"] {
        let mut program = Program::start(&["--log", format]);
        program.stop_listening();

        for _ in 0..2 {
            program.client().get_caller_identity().send().await.unwrap();
        }
    }
}

#[tokio::test]
async fn a_world_file_is_the_world() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("world.toml");
    let text = "
        [[account]]
        id = '444455556666'
        partition = 'aws-cn'
        [[user]]
        account = '444455556666'
        name = 'bob'
        access_key = [{ id = 'AKIAIOSFODNN7EXAMPLE', secret = \"it's made up\" }]
        [[fault]]
        kind = 'Throttle'
    ";
    File::create(&path).unwrap().write_all(text.as_bytes()).unwrap();
    let mut program = Program::start(&["--world", path.to_str().unwrap()]);
    assert_eq!(program.environment["AWS_SECRET_ACCESS_KEY"], r"'it'\''s made up'");
    program.environment.insert("AWS_SECRET_ACCESS_KEY".into(), "it's made up".into());
    assert_eq!(program.environment["AWS_REGION"], "cn-north-1");

    let client = program.client();
    let throttled = client.get_caller_identity().send().await;
    assert_eq!(throttled.unwrap_err().code(), Some("Throttling"));
    let identity = client.get_caller_identity().send().await.unwrap();
    assert_eq!(identity.arn(), Some("arn:aws-cn:iam::444455556666:user/bob"));
}

#[tokio::test]
async fn a_port_of_ones_choice_and_one_that_is_taken() {
    let mut program = Program::start(&[]);
    let port = program.environment["AWS_ENDPOINT_URL"].rsplit(':').next().unwrap().to_owned();

    let taken = output(&["serve", "--port", &port]);
    assert_eq!(taken.status.code(), Some(1));
    assert_eq!(taken.stdout, b"");
    let words = format!("leapp-testkit: cannot listen on loopback port {port}: ");
    assert!(String::from_utf8(taken.stderr).unwrap().starts_with(&words));

    program.stop("TERM");
    let again = Program::start(&["--port", &port]);
    assert_eq!(again.environment["AWS_ENDPOINT_URL"], format!("http://127.0.0.1:{port}"));
}

#[test]
fn what_is_wrong_is_said_and_nothing_begins() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("world.toml");
    File::create(&path).unwrap().write_all(b"\n[[account]]\nid = 5\n").unwrap();
    let in_latin_1 = folder.path().join("latin-1.toml");
    File::create(&in_latin_1)
        .unwrap()
        .write_all(b"[[account]]\nid = '111122223333'\nname = 'Z\xfcrich'\n")
        .unwrap();
    let [path, in_latin_1] = [&path, &in_latin_1].map(|path| path.to_str().unwrap());
    for (arguments, words) in [
        (&["serve", "--world", path][..], "world.toml, line 3, `id`: invalid type"),
        (&["serve", "--world", in_latin_1], "latin-1.toml, line 3: not UTF-8"),
        (&["serve", "--world", "/nowhere/world.toml"], "cannot read the world file /nowhere/world.toml: "),
        (&["serve", "--world", "/dev/zero"], "is longer than"),
        (&["serve", "--prot", "1"], "the command line: invalid option '--prot'"),
        (&[], "there is one command, `serve`"),
    ] {
        let output = output(arguments);

        let said = String::from_utf8(output.stderr).unwrap();
        assert!(said.contains(words), "{arguments:?}: {said}");
        assert_eq!((output.status.code(), output.stdout.len()), (Some(1), 0), "{arguments:?}");
    }
}

#[test]
fn it_is_up_in_no_time() {
    #[expect(clippy::disallowed_methods, reason = "a program is started on the machine's time")]
    let start = std::time::Instant::now();
    let _program = Program::start(&[]);
    assert!(start.elapsed() < Duration::from_secs(5), "{:?}", start.elapsed());
}
