//! From the options to a server that answers, and to its end.

use std::io::{self, Read};
use std::path::Path;
use std::sync::Arc;

use leapp_core::{Error, ErrorKind, SystemClock};
use leapp_testkit::aws::WorldFile;
use tokio::runtime;

use crate::options::Options;
use crate::{default_world, environment, signals, stdout, tls};

/// More than any world takes to describe.
const MOST_BYTES: u64 = 4 << 20;

pub(crate) fn run(options: &Options) -> Result<(), Error> {
    let file = read(options.world.as_deref())?;
    let runtime = runtime::Builder::new_current_thread().enable_all().build();
    runtime.map_err(|error| unavailable("cannot start", error))?.block_on(serve(&file, options))
}

async fn serve(file: &WorldFile, options: &Options) -> Result<(), Error> {
    // Who reads the environment may send a signal at once.
    let signal = signals::first().map_err(|error| unavailable("cannot listen for signals", error))?;
    let made = file.make(Arc::new(SystemClock::new()));
    match &options.tls {
        None => {
            let server = made.aws.listen_on(options.port).await?;
            tell(&environment::describe(&made, &server.endpoint_url(), std::process::id(), None))?;
            signal.await;
            server.shutdown().await;
        }
        Some(options_of_tls) => {
            let server = tls::Server::open(&made, options.port, options_of_tls).await?;
            let ca_file = Some(server.ca_file());
            tell(&environment::describe(&made, &server.endpoint_url(), std::process::id(), ca_file))?;
            signal.await;
            server.shutdown().await;
        }
    }
    Ok(())
}

fn tell(environment: &str) -> Result<(), Error> {
    stdout::print(environment)?;
    stdout::let_go();
    Ok(())
}

fn read(path: Option<&Path>) -> Result<WorldFile, Error> {
    let Some(path) = path else {
        return WorldFile::parse(default_world::NAME, default_world::TEXT);
    };
    let name = path.display().to_string();
    let cannot = |error: io::Error| {
        Error::new(ErrorKind::InvalidInput, format!("cannot read the world file {name}")).with_source(error)
    };
    let mut bytes = Vec::new();
    let file = std::fs::File::open(path).map_err(cannot)?;
    // A device or a pipe may have no end.
    file.take(MOST_BYTES + 1).read_to_end(&mut bytes).map_err(cannot)?;
    if bytes.len() as u64 > MOST_BYTES {
        let message = format!("the world file {name} is longer than {MOST_BYTES} bytes");
        return Err(Error::new(ErrorKind::InvalidInput, message));
    }
    WorldFile::parse(&name, &text(&name, bytes)?)
}

/// TOML is UTF-8.
fn text(file_name: &str, bytes: Vec<u8>) -> Result<String, Error> {
    String::from_utf8(bytes).map_err(|error| {
        let end = error.utf8_error().valid_up_to();
        let line = error.as_bytes().iter().take(end).filter(|byte| **byte == b'\n').count() + 1;
        Error::new(ErrorKind::InvalidInput, format!("{file_name}, line {line}: not UTF-8"))
            .with_source(error.utf8_error())
    })
}

fn unavailable(what: &str, error: io::Error) -> Error {
    Error::new(ErrorKind::Unavailable, what).with_source(error)
}
