//! The command line.

use std::path::PathBuf;

use leapp_core::{Error, ErrorKind};

pub(crate) const HELP: &str = "\
A fake AWS on loopback that checks what it is sent and refuses what AWS refuses.

Usage: leapp-testkit serve [OPTIONS]

  --world FILE  the accounts, users, roles and faults, in TOML; without it a small world of its own
  --port N      the port (any that is free)
  --tls         over TLS, with an authority of its own; needs --ca-file
  --ca-file F   where to write the authority's certificate; there must be no such file
  --names A,B   the host names to answer under (those of AWS in the world's Regions)
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
    pub(crate) tls: Option<Tls>,
    pub(crate) is_help: bool,
}

/// How it answers over TLS.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Tls {
    pub(crate) ca_file: PathBuf,
    /// None for AWS's own in the world's Regions.
    pub(crate) host_names: Option<Vec<String>>,
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
        let (mut is_tls, mut ca_file, mut host_names) = (false, None, None);
        while let Some(word) = words.next()? {
            match word {
                Value(command) if command == "serve" && !is_command_named => is_command_named = true,
                Long("world") => options.world = Some(words.value()?.into()),
                Long("port") => options.port = words.value()?.parse()?,
                Long("tls") => is_tls = true,
                Long("ca-file") => ca_file = Some(PathBuf::from(words.value()?)),
                Long("names") => {
                    let names: String = words.value()?.parse()?;
                    host_names = Some(names.split(',').map(str::to_owned).collect());
                }
                Long("quiet") => is_quiet = true,
                Long("log") => options.log = words.value()?.parse_with(Log::parse)?,
                Long("help") | Short('h') => options.is_help = true,
                _ => return Err(word.unexpected()),
            }
        }
        if is_quiet {
            options.log = Log::Off;
        }
        options.tls = match (is_tls, ca_file, host_names) {
            (true, Some(ca_file), host_names) => Some(Tls { ca_file, host_names }),
            (false, None, None) => None,
            (true, None, _) => return Err("--tls needs --ca-file".into()),
            (false, _, _) => return Err("--ca-file and --names need --tls".into()),
        };
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
        let tls = parse(&["serve", "--tls", "--ca-file", "ca.pem", "--names", "a,b"]).unwrap().tls;
        let host_names = Some(vec!["a".to_owned(), "b".to_owned()]);
        assert_eq!(tls, Some(Tls { ca_file: "ca.pem".into(), host_names }));
        assert!(parse(&["--help"]).unwrap().is_help);
    }

    #[test]
    fn anything_else_is_refused() {
        for words in [
            &[][..],
            &["run"],
            &["serve", "serve"],
            &["serve", "--port", "65536"],
            &["serve", "--log", "x"],
            &["serve", "--tls"],
            &["serve", "--ca-file", "ca.pem"],
            &["serve", "--names", "a"],
        ] {
            assert!(parse(words).is_err(), "{words:?}");
        }
    }
}
