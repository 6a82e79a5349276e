//! The command line.

use std::path::PathBuf;

use leapp_core::{Error, ErrorKind};

pub(crate) const HELP: &str = "\
A fake AWS on loopback that checks what it is sent and refuses what AWS refuses.

Usage: leapp-testkit serve [OPTIONS]

  --world FILE  the accounts, users, roles and faults, in TOML; without it a small world of its own
  --port N      the port (any that is free)
  --quiet       no line for each request
  --log FORMAT  text or json (text)
  --help

It prints the environment that points a client to it, and goes on until Ctrl-C or SIGTERM:

  eval \"$(leapp-testkit serve &)\"
  aws sts get-caller-identity
  kill \"$LEAPP_TESTKIT_PID\"
";

#[derive(Debug, Default)]
pub(crate) struct Options {
    pub(crate) world: Option<PathBuf>,
    pub(crate) port: u16,
    pub(crate) log: Log,
    pub(crate) is_help: bool,
}

/// How requests are logged.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Log {
    Json,
    Off,
    #[default]
    Text,
}

impl Options {
    pub(crate) fn read() -> Result<Self, Error> {
        Self::parse(lexopt::Parser::from_env())
            .map_err(|source| Error::new(ErrorKind::InvalidInput, "the command line").with_source(source))
    }

    fn parse(mut words: lexopt::Parser) -> Result<Self, lexopt::Error> {
        use lexopt::prelude::*;
        let mut options = Self::default();
        let (mut is_command_named, mut is_quiet) = (false, false);
        while let Some(word) = words.next()? {
            match word {
                Value(command) if command == "serve" && !is_command_named => is_command_named = true,
                Long("world") => options.world = Some(words.value()?.into()),
                Long("port") => options.port = words.value()?.parse()?,
                Long("quiet") => is_quiet = true,
                Long("log") => options.log = words.value()?.parse_with(Log::parse)?,
                Long("help") | Short('h') => options.is_help = true,
                _ => return Err(word.unexpected()),
            }
        }
        if is_quiet {
            options.log = Log::Off;
        }
        if is_command_named || options.is_help {
            Ok(options)
        } else {
            Err("there is one command, `serve`, and it has to be named; see --help".into())
        }
    }
}

impl Log {
    fn parse(text: &str) -> Result<Self, &'static str> {
        match text {
            "json" => Ok(Self::Json),
            "text" => Ok(Self::Text),
            _ => Err("a log is text or json"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(words: &[&str]) -> Result<Options, lexopt::Error> {
        Options::parse(lexopt::Parser::from_args(words))
    }

    #[test]
    fn all_that_can_be_said_is_understood() {
        let words = ["serve", "--world", "w.toml", "--port=4711", "--log", "json"];

        let options = parse(&words).unwrap();

        assert_eq!(options.world, Some("w.toml".into()));
        assert_eq!((options.port, options.log), (4711, Log::Json));
        assert_eq!(parse(&["serve", "--quiet", "--log", "json"]).unwrap().log, Log::Off);
        assert!(parse(&["--help"]).unwrap().is_help);
    }

    #[test]
    fn anything_else_is_refused() {
        for words in
            [&[][..], &["run"], &["serve", "serve"], &["serve", "--port", "65536"], &["serve", "--log", "x"]]
        {
            assert!(parse(words).is_err(), "{words:?}");
        }
    }
}
