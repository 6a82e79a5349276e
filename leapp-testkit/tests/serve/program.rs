//! A running server and the environment that it printed.

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Read};
use std::process::{Child, Command, ExitStatus, Output, Stdio};

use aws_sdk_sts::Client;
use aws_sdk_sts::config::retry::RetryConfig;
use aws_sdk_sts::config::{BehaviorVersion, Credentials, Region};

pub(crate) struct Program {
    child: Child,
    /// All that it printed.
    pub(crate) printed: String,
    pub(crate) environment: BTreeMap<String, String>,
}

pub(crate) fn command() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_leapp-testkit"));
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    command
}

/// Runs it to its end.
pub(crate) fn output(arguments: &[&str]) -> Output {
    command().args(arguments).output().unwrap()
}

impl Program {
    /// Returns when it has printed all: it lets go of its output while it runs.
    pub(crate) fn start(arguments: &[&str]) -> Self {
        let mut child = command().arg("serve").args(arguments).spawn().unwrap();
        let mut printed = String::new();
        child.stdout.take().unwrap().read_to_string(&mut printed).unwrap();
        let exports = printed.lines().filter_map(|line| line.strip_prefix("export ")?.split_once('='));
        let environment = exports.map(|(name, value)| (name.to_owned(), value.to_owned())).collect();
        Self { child, printed, environment }
    }

    pub(crate) fn client(&self) -> Client {
        let of = |name: &str| self.environment[name].clone();
        let credentials =
            Credentials::new(of("AWS_ACCESS_KEY_ID"), of("AWS_SECRET_ACCESS_KEY"), None, None, "test");
        Client::from_conf(self.config().credentials_provider(credentials).build())
    }

    /// A client without credentials.
    pub(crate) fn anyone(&self) -> Client {
        Client::from_conf(self.config().build())
    }

    fn config(&self) -> aws_sdk_sts::config::Builder {
        let of = |name: &str| self.environment[name].clone();
        aws_sdk_sts::Config::builder()
            .behavior_version(BehaviorVersion::v2026_01_12())
            .region(Region::new(of("AWS_REGION")))
            .endpoint_url(of("AWS_ENDPOINT_URL"))
            .retry_config(RetryConfig::disabled())
            .http_client(aws_smithy_http_client::Builder::new().build_http())
    }

    /// Hangs up on its log.
    pub(crate) fn stop_listening(&mut self) {
        drop(self.child.stderr.take());
    }

    /// What is written in a comment behind these words.
    pub(crate) fn comment(&self, words: &str) -> &str {
        let comments = self.printed.lines().filter_map(|line| line.strip_prefix('#'));
        comments.filter_map(|line| line.trim().strip_prefix(words)).next().unwrap().trim()
    }

    /// Sends a signal, and returns how it ended and what it logged.
    pub(crate) fn stop(&mut self, signal: &str) -> (ExitStatus, Vec<String>) {
        let id = self.child.id().to_string();
        assert!(Command::new("kill").args(["-s", signal, &id]).status().unwrap().success());
        let log = BufReader::new(self.child.stderr.take().unwrap()).lines().map(Result::unwrap).collect();
        (self.child.wait().unwrap(), log)
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        // It has ended already, unless the test failed.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
