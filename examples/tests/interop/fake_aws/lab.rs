//! A world, the worlds in which every call fails, and clients that are told where they are.

use std::sync::Arc;

use leapp_core::{AccessKey, AccountId, SystemClock};
use leapp_testkit::aws::{FakeAws, Fault, LoopbackServer};

use super::profiles::Profiles;
use super::world;
use crate::clients::{Ended, aws_cli, javascript, python};

/// The variable that holds a world's address, and how each of its calls fails.
const FAULTS: [(&str, Fault); 11] = [
    ("CUT_SHORT", Fault::CutShort),
    ("DENYING", Fault::AccessDenied),
    ("DOUBLED", Fault::Duplicated),
    ("DROPPED", Fault::ConnectionDropped),
    ("EXPIRED", Fault::ExpiredToken),
    ("EXPIRED_ON_ARRIVAL", Fault::ExpiredOnArrival),
    ("FAILING", Fault::ServerError),
    ("SILENT", Fault::Hang),
    ("THROTTLED", Fault::Throttle),
    ("TRUNCATED", Fault::Truncated),
    ("UNAVAILABLE", Fault::Unavailable),
];
const SIGN_IN: &str = concat!(include_str!("cases.py"), include_str!("sign_in.py"));

pub(crate) struct Lab {
    env: Vec<(&'static str, String)>,
    servers: Vec<LoopbackServer>,
    /// The clients' home, one for all of them.
    _profiles: Profiles,
}

impl Lab {
    pub(crate) async fn new() -> Self {
        let aws = FakeAws::new(Arc::new(SystemClock::new()));
        let account = AccountId::parse("111122223333").unwrap();
        let key = aws.add_access_key(&aws.add_user(&account, "alice"));
        let mut env = world::populate(&aws, &account);
        let profiles = Profiles::new(&key, &env);
        env.extend([
            ("AWS_DEFAULT_REGION", "eu-west-1".to_owned()),
            ("AWS_MAX_ATTEMPTS", "1".to_owned()),
            ("AWS_REGION", "eu-west-1".to_owned()),
            ("HOME", profiles.home().display().to_string()),
            ("KEY_ID", key.access_key_id().to_string()),
            ("SECRET", key.secret_access_key().expose().to_owned()),
        ]);
        let mut lab = Self { env, servers: Vec::new(), _profiles: profiles };
        lab.listen("AWS_ENDPOINT_URL", &aws).await;
        for (name, fault) in FAULTS {
            let faulty = with_key(&account, &key);
            faulty.fail_at_random(1, 100, &[fault]);
            lab.listen(name, &faulty).await;
        }
        let ahead = with_key(&account, &key);
        ahead.set_clock_offset(600);
        lab.listen("AHEAD", &ahead).await;
        lab
    }

    async fn listen(&mut self, name: &'static str, aws: &FakeAws) {
        let server = aws.listen().await.unwrap();
        self.env.push((name, server.endpoint_url()));
        self.servers.push(server);
    }

    /// What the clients find in their environment.
    pub(crate) fn env(&self) -> Vec<(&str, &str)> {
        self.env.iter().map(|(name, value)| (*name, value.as_str())).collect()
    }

    pub(crate) fn value(&self, name: &str) -> &str {
        self.env().into_iter().find(|(known, _)| *known == name).expect("a variable of the lab").1
    }

    pub(crate) fn python(&self, script: &str) -> Ended {
        python(script, &[], &self.env())
    }

    pub(crate) fn javascript(&self, script: &str) -> Ended {
        javascript(script, &[], &self.env())
    }

    /// The AWS CLI, with more variables than the lab's, or others.
    pub(crate) fn aws_cli(&self, arguments: &[&str], more: &[(&str, &str)]) -> Ended {
        aws_cli(arguments, &[&self.env(), more].concat())
    }

    /// Alice signs in by a browser, and the token is put where the AWS CLI keeps it.
    pub(crate) fn sign_in(&self) {
        assert_eq!(self.python(SIGN_IN).said().as_deref(), Ok("signed in"));
    }
}

/// A world in which alice has this key.
fn with_key(account: &AccountId, key: &AccessKey) -> FakeAws {
    let aws = FakeAws::new(Arc::new(SystemClock::new()));
    aws.add_known_access_key(&aws.add_user(account, "alice"), key);
    aws
}
