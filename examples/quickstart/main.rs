//! Two sessions, live: from an access key in a vault to profiles in a credentials file, through a rotation and an
//! outage, and back to the file as it was.
//!
//! `cargo run --example quickstart`; `-- --help` says how to run it against another STS.
#![expect(clippy::print_stdout, clippy::print_stderr, reason = "a program that is watched prints")]

mod options;
mod proof;
mod screen;
mod stage;
mod valve;

use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Duration;

use leapp_core::aws::{AssumeRole, GetSessionToken};
use leapp_core::{
    Error, ErrorKind, Event, Events, Leapp, MemoryVault, ProfileName, Session, SessionId, Started,
    TotpResponder, Vault, VaultItem, VaultKey,
};
use leapp_store_ini::CredentialsFile;

use crate::options::{HELP, Options};
use crate::proof::caller_of;
use crate::screen::Screen;
use crate::stage::{PATIENCE, Stage};

/// What the temporary file holds before: somebody else's, with all that others have broken before.
const SOMEBODY_ELSES: &str = "\
# my own notes\r
[handmade] ; keep me\r
aws_access_key_id = AKIAIOSFODNN7EXAMPLE\r
s3 =\r
  max_concurrent_requests = 20\r
no_final_newline = yes";

#[tokio::main]
async fn main() -> ExitCode {
    match play().await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("quickstart: {error}");
            let causes = std::iter::successors(std::error::Error::source(&error), |cause| cause.source());
            causes.for_each(|cause| eprintln!("  because: {cause}"));
            ExitCode::FAILURE
        }
    }
}

async fn play() -> Result<(), Error> {
    let options = Options::read()?;
    if options.is_help {
        print!("{HELP}");
        return Ok(());
    }
    let stage = Stage::set(&options).await?;
    let (path, _temporary) = credentials_file(&options)?;
    let before = std::fs::read(&path).unwrap_or_default();

    // The access key goes into a vault, and nowhere else.
    let (alice, deploy) = (SessionId::parse("alice")?, SessionId::parse("deploy")?);
    let vault = MemoryVault::new();
    vault.put(&VaultKey::new(alice.clone(), VaultItem::AccessKey), &stage.access_key.to_record()).await?;

    let mut builder =
        Leapp::builder(vault).with_sink(CredentialsFile::open(&path)?).with_clock(stage.clock.clone());
    if let Some((device, seed)) = &stage.mfa {
        builder = builder.with_responder(TotpResponder::new(device.clone(), seed, stage.clock.clone())?);
    }
    let leapp = builder.build()?;
    tokio::spawn(leave_nothing_behind(leapp.clone()));
    leapp.add_all(sessions(&stage, &alice, &deploy)?).await?;

    let screen = Screen::open(&leapp, stage.clock.clone());
    screen.say(&format!("Playing before {}, writing {}", stage.describe(), path.display()));
    for session in [&alice, &deploy] {
        if let Started::NeedsAnswer(challenge) = leapp.start(session).await? {
            return Err(Error::new(ErrorKind::MfaRefused, format!("nobody can answer {challenge:?}")));
        }
    }
    prove(&path, &stage, &screen).await?;
    rotate(&leapp, &deploy, &stage, &screen).await?;
    prove(&path, &stage, &screen).await?;
    outage(&leapp, &deploy, &stage, &screen).await?;
    prove(&path, &stage, &screen).await?;

    screen.say("Stopping: everything we wrote comes out again.");
    leapp.shutdown().await?;
    screen.close().await;
    stage.strike().await;
    let is_restored = std::fs::read(&path).unwrap_or_default() == before;
    println!(
        "The file is {} what it was ({} bytes).",
        if is_restored { "byte for byte" } else { "NOT" },
        before.len()
    );
    if is_restored { Ok(()) } else { Err(Error::new(ErrorKind::Corrupt, "the file was not restored")) }
}

/// Ctrl-C is no reason to leave something in a file.
async fn leave_nothing_behind(leapp: Leapp) {
    if tokio::signal::ctrl_c().await.is_ok() {
        let is_clean = leapp.shutdown().await.is_ok();
        std::process::exit(if is_clean { 130 } else { 1 });
    }
}

fn sessions(stage: &Stage, alice: &SessionId, deploy: &SessionId) -> Result<Vec<Session>, Error> {
    let mut user = GetSessionToken::new(stage.sts()?);
    if let Some((device, _)) = &stage.mfa {
        user = user.with_mfa(device.clone());
    }
    let role = AssumeRole::new(stage.sts()?, alice.clone(), stage.role_arn.clone());
    Ok(vec![
        Session::new(alice.clone(), user)
            .with_profile(ProfileName::parse("alice")?)
            .with_region(stage.region.clone()),
        Session::new(deploy.clone(), role)
            .with_profile(ProfileName::parse("deploy")?)
            .with_region(stage.region.clone()),
    ])
}

/// The file that was named, or a temporary one with something of somebody else's in it.
fn credentials_file(options: &Options) -> Result<(PathBuf, Option<tempfile::TempDir>), Error> {
    if let Some(path) = &options.credentials_file {
        return Ok((path.clone(), None));
    }
    let failed =
        |source| Error::new(ErrorKind::Unavailable, "cannot make a temporary file").with_source(source);
    let folder = tempfile::tempdir().map_err(failed)?;
    let path = folder.path().join("credentials");
    #[expect(
        clippy::disallowed_methods,
        reason = "nobody shares this file yet, and there is no secret in it"
    )]
    std::fs::write(&path, SOMEBODY_ELSES).map_err(failed)?;
    Ok((path, Some(folder)))
}

async fn prove(path: &Path, stage: &Stage, screen: &Screen) -> Result<(), Error> {
    for profile in ["alice", "deploy"] {
        let arn = caller_of(&ProfileName::parse(profile)?, path, stage).await?;
        screen.say(&format!("Read back from the file, profile {profile} is {arn}"));
    }
    Ok(())
}

async fn rotate(leapp: &Leapp, deploy: &SessionId, stage: &Stage, screen: &Screen) -> Result<(), Error> {
    let mut events = leapp.events();
    if stage.accelerate() {
        screen.say("Now a second is five minutes: watch the role rotate.");
    } else {
        screen.say("Time is not ours here, so the role's set is replaced because we ask for it.");
        leapp.refresh(deploy).await?;
    }
    let is_rotated = |event: &Event| matches!(event, Event::Published { session, .. } if session == deploy);
    seen(&mut events, "the rotation", is_rotated).await
}

async fn outage(leapp: &Leapp, deploy: &SessionId, stage: &Stage, screen: &Screen) -> Result<(), Error> {
    let mut events = leapp.events();
    screen.say("Cutting the service off: what is valid stays valid.");
    stage.cut_off(true);
    let live = leapp.credentials(deploy)?;
    if !stage.accelerate() {
        // Nothing is due for minutes: ask for a new set, so that a refresh fails.
        let _ = leapp.refresh(deploy).await;
    }
    let has_failed =
        |event: &Event| matches!(event, Event::RefreshFailed { session, .. } if session == deploy);
    seen(&mut events, "a refresh that fails", has_failed).await?;
    // The screen hears of it by itself, a moment later.
    tokio::time::sleep(Duration::from_millis(300)).await;
    let still = live.current().await?;
    screen.say(&format!(
        "Cut off, and the role still has {} for {} min",
        still.access_key_id(),
        still.remaining_at(stage.clock.now()).as_secs() / 60
    ));
    stage.cut_off(false);
    screen.say("The service is back.");
    let is_new = |event: &Event| matches!(event, Event::Published { session, .. } if session == deploy);
    seen(&mut events, "a new set after the outage", is_new).await
}

/// Waits for an event, but not for ever.
async fn seen(events: &mut Events, what: &str, is_it: impl Fn(&Event) -> bool) -> Result<(), Error> {
    let found = async {
        while let Some(event) = events.next().await {
            if is_it(&event) {
                return true;
            }
        }
        false
    };
    match tokio::time::timeout(PATIENCE, found).await {
        Ok(true) => Ok(()),
        _ => Err(Error::new(ErrorKind::Unavailable, format!("{what} did not come"))),
    }
}
