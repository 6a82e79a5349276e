//! From the printed environment alone to a role by web identity, as a shell script goes.

use std::fs::File;
use std::io::{Read, Write};
use std::net::TcpStream;

use crate::program::Program;

const WORLD: &str = "
    [[account]]
    id = '111122223333'

    [[oidc_provider]]
    account = '111122223333'
    issuer_url = 'https://token.example.com'
    audiences = ['sts.amazonaws.com']

    [[role]]
    account = '111122223333'
    name = 'Deploy'
    trusts_web_identity = [{ provider = 'arn:aws:iam::111122223333:oidc-provider/token.example.com', subject = 'repo:octo/*' }]
";

/// What `curl --data` sends and shows.
fn post(url: &str, form: &str) -> String {
    let (host, path) = url.strip_prefix("http://").unwrap().split_once('/').unwrap();
    let mut stream = TcpStream::connect(host).unwrap();
    let length = form.len();
    write!(
        stream,
        "POST /{path} HTTP/1.1\r\nhost: {host}\r\ncontent-type: application/x-www-form-urlencoded\r\n\
         content-length: {length}\r\nconnection: close\r\n\r\n{form}"
    )
    .unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    answer.split_once("\r\n\r\n").unwrap().1.to_owned()
}

#[tokio::test]
async fn a_token_from_its_page_opens_the_role_that_trusts_it() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("world.toml");
    File::create(&path).unwrap().write_all(WORLD.as_bytes()).unwrap();
    let mut program = Program::start(&["--world", path.to_str().unwrap()]);
    let (provider, role) = (program.comment("OIDC provider"), program.comment("role"));
    let (page, fields) = program.comment("tokens").split_once(", to be posted: ").unwrap();
    assert_eq!(fields, "provider, audience, subject");
    let client = program.anyone();

    for (subject, is_trusted) in [("repo:octo/app", true), ("repo:other/app", false)] {
        let token = post(page, &format!("provider={provider}&audience=sts.amazonaws.com&subject={subject}"));
        let call = client.assume_role_with_web_identity().role_arn(role).role_session_name("ci");
        let result = call.web_identity_token(token).send().await;
        match result {
            Ok(answer) => {
                assert!(is_trusted, "{subject}");
                assert_eq!(answer.subject_from_web_identity_token(), Some(subject));
            }
            Err(error) => {
                assert!(!is_trusted, "{error:?}");
                assert_eq!(error.raw_response().unwrap().status().as_u16(), 403);
            }
        }
    }

    let (_, log) = program.stop("TERM");
    assert!(log.iter().any(|line| line.contains("OidcTokenPage")), "{log:?}");
    assert!(!log.iter().any(|line| line.contains("eyJ")), "no token is logged: {log:?}");
}
