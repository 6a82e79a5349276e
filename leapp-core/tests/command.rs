//! What a command is given, what is taken from it, and how it ends.
#![expect(clippy::unwrap_used, reason = "a step that fails is a test that fails")]

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use leapp_core::{
    Answer, Challenge, Command, CommandResponder, ErrorKind, Question, Responder, RoleArn, SamlAssertion,
    Secret, SerialNumber, SessionId, SystemClock,
};
use leapp_testkit::leak::{assert_clean, debug_of, text_of};

/// What should come at once comes within this.
const PATIENCE: Duration = Duration::from_secs(20);
const SEED: &str = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP";

#[tokio::test]
async fn arguments_and_variables_arrive_as_they_are() {
    let program = r#"printf '%s|%s|%s' "$1" "$2" "$LEAPP_SESSION""#;
    let command = Command::new("sh", ["-c", program, "sh", "a b; $(id)", "*"]);
    let printed = command.run([("LEAPP_SESSION", "alice `x`".to_owned())]).await.unwrap();
    assert_eq!(printed.expose(), "a b; $(id)|*|alice `x`");
}

#[tokio::test]
async fn it_reads_nothing_and_inherits_the_environment() {
    let printed = sh(r#"cat; [ -n "$PATH" ] && echo path"#).run([]).await.unwrap();
    assert_eq!(printed.expose(), "path");
}

#[tokio::test]
async fn failures_have_kinds_that_a_host_can_tell_apart() {
    for (command, kind, words) in [
        (Command::new("leapp-no-such-program", ["x"]), ErrorKind::NotFound, "cannot be started"),
        (Command::new("/", ["x"]), ErrorKind::Unavailable, "cannot be started"),
        (sh("exit 7"), ErrorKind::Unavailable, "failed with exit code 7"),
        (sh("kill -9 $$"), ErrorKind::Unavailable, "failed with signal: 9"),
        (sh(r"printf '\377\376'"), ErrorKind::Unavailable, "no UTF-8"),
        (sh("head -c 262145 /dev/zero"), ErrorKind::TooLarge, "more than 256 KiB"),
        // It goes on for ever, and is not waited for.
        (sh("cat /dev/zero"), ErrorKind::TooLarge, "more than 256 KiB"),
    ] {
        let error = within_patience(command.run([])).await.unwrap_err();
        assert_eq!(error.kind(), kind, "{error}");
        assert!(error.to_string().contains(words), "{error}");
    }
    assert_eq!(sh("head -c 262144 /dev/zero").run([]).await.unwrap().expose().len(), 262_144);
}

#[tokio::test]
async fn it_says_why_it_failed_unless_it_may_repeat_what_it_printed() {
    let silent = sh("cat /no-such-device").run([]).await.unwrap_err();
    let said = text_of(&silent);
    assert!(said.contains("cat:") && said.contains("o such") && !said.contains("no-such-device"), "{said}");
    let printed = sh("echo halb; echo 'the code was halb' >&2; exit 1").run([]).await.unwrap_err();
    assert_clean(text_of(&printed), ["halb"]);
    assert!(std::error::Error::source(&printed).is_none());
}

#[tokio::test]
async fn neither_arguments_nor_what_is_printed_show() {
    let command = Command::new("sh", ["-xc", "echo \"$1\"; echo \"$1\" >&2; exit ${2:-0}", "sh", SEED]);
    assert_eq!(command.run([]).await.unwrap().expose(), SEED);
    assert_clean(debug_of(&command), [SEED]);
    let failing = Command::new("sh", ["-xc", "test -z \"$1\"", "sh", SEED]);
    let error = failing.run([]).await.unwrap_err();
    assert_clean(text_of(&error), [SEED]);
}

/// Neither the one whose time is up nor the one that nobody waits for any more goes on.
#[tokio::test]
async fn it_is_ended_with_its_time_and_with_whoever_waited() {
    let place = tempfile::tempdir().unwrap();
    for name in ["late", "left"] {
        let pid = place.path().join(name);
        let program = r#"echo $$ > "$1.new" && mv "$1.new" "$1" && exec sleep 600"#;
        let command = Command::new("sh", ["-c", program, "sh", pid.to_str().unwrap()]);
        if name == "late" {
            let error = command.with_time_limit(Duration::from_secs(1)).run([]).await.unwrap_err();
            assert_eq!(error.kind(), ErrorKind::Unavailable);
            assert!(error.to_string().contains("within 1s"), "{error}");
        } else {
            let task = tokio::spawn(async move { command.run([]).await.map(drop) });
            eventually(|| pid.exists()).await;
            task.abort();
        }
        let pid = std::fs::read_to_string(&pid).unwrap();
        eventually(|| !is_running(pid.trim())).await;
    }
}

/// An agent that it started for the next time keeps the pipes, and must not keep the answer.
#[tokio::test]
async fn a_program_that_it_leaves_behind_does_not_keep_the_answer() {
    for (program, expected) in [
        ("sleep 600 & echo $! >&3; echo 123456", Ok("123456")),
        ("(sleep 1; echo late; sleep 600) & echo $! >&3; echo 123456", Ok("123456")),
        ("sleep 600 & echo $! >&3; echo why >&2; exit 3", Err("why")),
        ("sleep 600 & echo $! >&3; head -c 262145 /dev/zero", Err("more than 256 KiB")),
    ] {
        let place = tempfile::tempdir().unwrap();
        let pid = place.path().join("pid");
        let command =
            Command::new("sh", ["-c", &format!("exec 3> \"$0\"; {program}"), pid.to_str().unwrap()]);
        let end = within_patience(command.run([])).await;
        let left = std::fs::read_to_string(&pid).unwrap();
        assert!(is_running(left.trim()), "it is not ours to end");
        std::process::Command::new("kill").arg(left.trim()).status().unwrap();
        match (end, expected) {
            (Ok(printed), Ok(expected)) => assert_eq!(printed.expose(), expected),
            (Err(error), Err(words)) => assert!(text_of(&error).contains(words), "{error:?}"),
            (end, expected) => panic!("{end:?}, where {expected:?} was to be"),
        }
    }
}

#[tokio::test]
async fn each_question_goes_to_its_own_command_and_others_are_declined() {
    let clock = Arc::new(SystemClock::new());
    let print = r#"[ "$LEAPP_QUESTION $LEAPP_SESSION $LEAPP_ACCOUNT_ID $LEAPP_SERIAL_NUMBERS" = \
        "TokenCode alice 111122223333 123456789 arn:aws:iam::111122223333:mfa/alice" ] && echo 123456"#;
    let responder = CommandResponder::new(clock.clone()).with_token_code(sh(print));
    let devices = ["123456789", "arn:aws:iam::111122223333:mfa/alice"];
    let serial_numbers = devices.iter().map(|text| SerialNumber::parse(text).unwrap()).collect();
    let token_code = challenge(Question::TokenCode { serial_numbers });
    let Some(Answer::TokenCode(code)) = responder.respond(&token_code).await.unwrap() else {
        panic!("declined")
    };
    assert_eq!((code.expose(), code.device().unwrap().as_str()), ("123456", "123456789"));

    let login = challenge(Question::SamlAssertion {
        login_url: "https://idp.example.com".to_owned(),
        sign_in_urls: vec!["https://signin.aws.amazon.com/saml".to_owned()],
    });
    let roles = vec![RoleArn::parse("arn:aws:iam::111122223333:role/Dev").unwrap()];
    for other in [login.clone(), challenge(Question::Role { roles })] {
        assert!(responder.respond(&other).await.unwrap().is_none(), "{other}");
    }
    let print = r#"[ "$LEAPP_QUESTION $LEAPP_LOGIN_URL $LEAPP_SIGN_IN_URLS" = \
        "SamlAssertion https://idp.example.com https://signin.aws.amazon.com/saml" ] && echo PHg+PC94Pg=="#;
    let responder = CommandResponder::new(clock).with_saml_assertion(sh(print));
    let Some(Answer::SamlAssertion(assertion)) = responder.respond(&login).await.unwrap() else {
        panic!("declined")
    };
    assert_eq!(assertion.expose(), "PHg+PC94Pg==");
    assert!(responder.respond(&token_code).await.unwrap().is_none());
}

#[tokio::test]
async fn what_is_no_answer_is_an_error_that_does_not_repeat_it() {
    let responder = CommandResponder::new(Arc::new(SystemClock::new()))
        .with_token_code(sh("echo 1234567"))
        .with_saml_assertion(sh("echo '<html>your session: hunter2-hunter2</html>'"));
    let device = SerialNumber::parse("arn:aws:iam::111122223333:mfa/alice").unwrap();
    let login =
        Question::SamlAssertion { login_url: "https://idp.example.com".to_owned(), sign_in_urls: vec![] };
    for question in [Question::TokenCode { serial_numbers: vec![device] }, login] {
        let error = responder.respond(&challenge(question)).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::InvalidInput);
        assert_clean(text_of(&error), ["1234567", "hunter2-hunter2"]);
    }
}

#[test]
fn a_posted_form_is_taken_in_any_order_and_a_doubtful_one_is_not() {
    let base64 = "PHg+PC94Pg==";
    for posted in [
        "SAMLResponse=PHg%2BPC94Pg%3D%3D",
        "SAMLResponse=PHg%2BPC94Pg%3D%3D&RelayState=",
        "RelayState=https%3A%2F%2Fconsole.aws.amazon.com&SAMLResponse=PHg%2bPC94Pg%3d%3d&x",
        "SAMLResponse=PHg%2B%0D%0APC94%0D%0APg%3D%3D\n",
        "%53AMLResponse=PHg%2BPC94Pg==",
        "PHg+PC94Pg==\n",
        " PHg+\r\nPC94Pg==",
    ] {
        assert_eq!(from_form(posted).unwrap().expose(), base64, "{posted:?}");
    }
    for (posted, words) in [
        ("", "of 0 bytes"),
        ("SAMLResponse=", "of 0 bytes"),
        ("RelayState=x&a=b", "no field SAMLResponse"),
        ("samlresponse=PHg%2BPC94Pg==&", "no field SAMLResponse"),
        ("SAMLResponse=PHg%2B&SAMLResponse=PHg%2B", "twice"),
        ("SAMLResponse=PHg%2B&%53AMLResponse=PHg%2B", "twice"),
        ("SAMLResponse=PHg+PC94Pg==", "`%2B`"),
        ("SAMLResponse=%FF%FE%FD%FC", "no text"),
        ("SAMLResponse=PHg%3CPC94Pg==", "not base64"),
        ("<html>", "not base64"),
    ] {
        let error = from_form(posted).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::InvalidInput, "{posted:?}");
        assert!(error.to_string().contains(words), "{posted:?}: {error}");
    }
    let with_state = |size: usize| format!("SAMLResponse=PHg%2B&RelayState={}", "x".repeat(size - 31));
    assert!(from_form(&with_state(256 * 1024)).is_ok());
    assert!(from_form(&with_state(256 * 1024 + 1)).is_err());
}

fn from_form(text: &str) -> Result<SamlAssertion, leapp_core::Error> {
    SamlAssertion::from_form(&Secret::new(text))
}

fn sh(program: &str) -> Command {
    Command::new("sh", ["-c", program])
}

fn challenge(question: Question) -> Challenge {
    Challenge::new(SessionId::parse("alice").unwrap(), question)
}

fn is_running(pid: &str) -> bool {
    // One that has ended and is not collected yet does not run.
    let stat = std::fs::read_to_string(Path::new("/proc").join(pid).join("stat")).unwrap_or_default();
    stat.rsplit(") ").next().is_some_and(|state| !state.is_empty() && !state.starts_with('Z'))
}

async fn eventually(is_so: impl Fn() -> bool) {
    within_patience(async {
        while !is_so() {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    })
    .await;
}

async fn within_patience<F: Future>(future: F) -> F::Output {
    tokio::time::timeout(PATIENCE, future).await.unwrap()
}
