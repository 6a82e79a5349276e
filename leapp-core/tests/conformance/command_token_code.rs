//! `CommandResponder` keeps the responder's contract over a program that shows codes as a device does: each for a while.

use std::sync::Arc;
use std::time::{Duration, SystemTime};

use leapp_core::{Challenge, Command, CommandResponder, Responder, SerialNumber, SessionId};
use leapp_testkit::clock::ManualClock;
use leapp_testkit::conformance::responder::ResponderHarness;
use tempfile::TempDir;

mod a_program {
    leapp_testkit::responder_tests!(super::Device::new);
}

/// Counts its runs in a file, and shows a new code in every second one. It knows one device, and fails for another.
const PROGRAM: &str = r#"
case "$LEAPP_SERIAL_NUMBER" in
    *mfa/alice) ;;
    *mfa/broken) echo "the seed GEZDGNBVGY3TQOJQ is broken, and so is 123456" >&2; exit 3 ;;
    *) exit 0 ;;
esac
read -r runs < "$1" || runs=0
echo $((runs + 1)) > "$1"
printf '%06d\n' $((runs / 2 + 654321))
"#;

struct Device {
    responder: CommandResponder,
    clock: ManualClock,
    _place: TempDir,
}

impl Device {
    fn new() -> Self {
        let clock = ManualClock::new(SystemTime::UNIX_EPOCH + Duration::from_secs(1_900_000_000));
        let place = tempfile::tempdir().unwrap();
        let counter = place.path().join("runs").into_os_string();
        std::fs::File::create(&counter).unwrap();
        let command = Command::new("sh", ["-c".into(), PROGRAM.into(), "sh".into(), counter]);
        let responder = CommandResponder::new(Arc::new(clock.clone())).with_token_code(command);
        Self { responder, clock, _place: place }
    }
}

impl ResponderHarness for Device {
    fn responder(&self) -> &dyn Responder {
        &self.responder
    }

    fn challenge(&self) -> Challenge {
        challenge("arn:aws:iam::111122223333:mfa/alice")
    }

    fn unanswerable(&self) -> Option<Challenge> {
        Some(challenge("arn:aws:iam::111122223333:mfa/bob"))
    }

    fn failing(&self) -> Option<Challenge> {
        Some(challenge("arn:aws:iam::111122223333:mfa/broken"))
    }

    fn pass_time(&self) {
        self.clock.advance(Duration::from_secs(5));
    }

    fn secrets(&self) -> Vec<String> {
        ["GEZDGNBVGY3TQOJQ", "123456", "read -r runs < \"$1\""].map(str::to_owned).to_vec()
    }
}

fn challenge(device: &str) -> Challenge {
    Challenge::token_code(SessionId::parse("alice").unwrap(), SerialNumber::parse(device).unwrap())
}
