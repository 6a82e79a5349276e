//! The handle an application holds.

use std::sync::Arc;

use tokio::sync::{broadcast, mpsc, oneshot};

use crate::driver::{Backends, Command, Driver, Started};
use crate::engine::{Definition, Plan};
use crate::live::Cells;
use crate::{
    AccessKeyId, Answer, Clock, Coordinator, CredentialSink, Error, ErrorKind, Event, LiveCredentials,
    LocalCoordinator, Responder, Session, SessionCredentials, SessionId, SessionStatus, SystemClock, Vault,
};

/// A watcher that is this many events behind has missed some.
const EVENTS_KEPT: usize = 1024;

/// Runs sessions: starts them, keeps their credentials fresh, publishes them, stops them.
///
/// Clones share one engine, which runs as a task of the tokio runtime it was built in. When the last clone is dropped,
/// the sessions are stopped as by [`shutdown`](Self::shutdown), if the runtime lives long enough; a program that ends
/// should call it.
#[derive(Clone, Debug)]
pub struct Leapp {
    commands: mpsc::UnboundedSender<Command>,
    events: broadcast::WeakSender<Event>,
    cells: Arc<Cells>,
    clock: Arc<dyn Clock>,
}

/// Chooses the backends of a [`Leapp`].
#[derive(Debug)]
pub struct LeappBuilder {
    backends: Backends,
    seed: u64,
}

/// What happens, as it happens.
#[derive(Debug)]
pub struct Events(broadcast::Receiver<Event>);

impl Leapp {
    /// Begins with the vault: the one backend that every application needs. An `Arc<dyn Vault>` is one too, for a host that
    /// uses its vault elsewhere as well.
    pub fn builder(vault: impl Vault + 'static) -> LeappBuilder {
        LeappBuilder {
            backends: Backends {
                vault: Arc::new(vault),
                sink: None,
                responder: None,
                clock: Arc::new(SystemClock::new()),
                coordinator: Arc::new(LocalCoordinator::new()),
            },
            seed: fastrand::u64(..),
        }
    }

    /// Adds a session. It is inactive.
    ///
    /// # Errors
    /// - [`ErrorKind::AlreadyExists`] when the name is taken;
    /// - [`ErrorKind::NotFound`] when its source has not been added;
    /// - [`ErrorKind::InvalidInput`] when it would be its own source, or has a profile and there is no sink, or has a
    ///   profile and is a login.
    pub async fn add(&self, session: Session) -> Result<(), Error> {
        self.add_all(vec![session]).await
    }

    /// Adds sessions, all or none, in any order.
    ///
    /// # Errors
    /// As [`add`](Self::add).
    pub async fn add_all(&self, sessions: Vec<Session>) -> Result<(), Error> {
        // Here, not in the engine's task: a provider that panics when it is asked what it is fails its caller alone.
        let definitions = sessions.iter().map(Definition::of).collect();
        self.ask(|reply| Command::Add(definitions, sessions, reply)).await
    }

    /// Removes an inactive session, and the set that the vault keeps for it. Its access key stays: it is the host's. So
    /// does a person's login, which goes on: log out first to end it.
    ///
    /// # Errors
    /// [`ErrorKind::NotFound`]; [`ErrorKind::InUse`] while it is not inactive or is another session's source. What the
    /// vault fails with, or [`ErrorKind::Unavailable`] when it takes longer than 30 seconds: then the session is removed,
    /// and its set may still be in the vault.
    pub async fn remove(&self, session: &SessionId) -> Result<(), Error> {
        self.ask(|reply| Command::Remove(session.clone(), reply)).await
    }

    /// Starts a session and waits until its credentials are in place, or until a person must answer a challenge.
    ///
    /// When its profile is held by another session, that one is stopped once the new credentials are in place; if the
    /// start fails, nothing has changed. On a session that is started already it retries what has failed.
    ///
    /// # Errors
    /// [`ErrorKind::NotFound`]; [`ErrorKind::InUse`] when another session is being started on the profile;
    /// [`ErrorKind::RoleChainingLimit`] when its [`plan`](Self::plan) says that it asks for more than AWS gives;
    /// [`ErrorKind::Cancelled`] when it was stopped meanwhile; what the provider, the vault or the sink fails with;
    /// [`ErrorKind::Busy`] when the sink takes longer than 30 seconds: the start goes on, and starting again joins it.
    pub async fn start(&self, session: &SessionId) -> Result<Started, Error> {
        self.ask(|reply| Command::Start(session.clone(), reply)).await
    }

    /// Obtains new credentials for a started session now, whether or not they are due. What it has stays until then.
    ///
    /// It counts as the engine's own renewal, not as a person's wish: a challenge that it leads to is not
    /// [attended](crate::Challenge::is_attended), and a responder that opens pages may leave it. To have a person asked
    /// now, [`start`](Self::start) the session.
    ///
    /// # Errors
    /// [`ErrorKind::NotFound`]; [`ErrorKind::NotActive`] when the session is not started; what the provider or the vault
    /// fails with: then the session goes on with what it has.
    pub async fn refresh(&self, session: &SessionId) -> Result<Started, Error> {
        self.ask(|reply| Command::Refresh(session.clone(), reply)).await
    }

    /// Answers the challenge that a session has open, and waits until that session has its credentials.
    ///
    /// The session that asks may be the source of the one that was started. Those behind it go on by themselves; to wait
    /// for one of them, [`start`](Self::start) it again, which joins the start that is under way, or fails as it did
    /// meanwhile. So this loop ends, whatever is asked and however it goes:
    ///
    /// ```no_run
    /// # async fn example(leapp: leapp_core::Leapp, prod: leapp_core::SessionId) -> Result<(), leapp_core::Error> {
    /// use leapp_core::{Answer, Started, TokenCode};
    ///
    /// while let Started::NeedsAnswer(challenge) = leapp.start(&prod).await? {
    ///     let code = TokenCode::parse(&ask_the_person(&challenge))?;
    ///     leapp.answer(&challenge.session, Answer::TokenCode(code)).await?;
    /// }
    /// # Ok(())
    /// # }
    /// # fn ask_the_person(_: &leapp_core::Challenge) -> String { String::new() }
    /// ```
    ///
    /// # Errors
    /// [`ErrorKind::InvalidInput`] when the session has asked nothing; [`ErrorKind::MfaRefused`] when the service does
    /// not accept the code: start the session again for a new challenge; the same when any session has used this code of this
    /// device: nothing is called then, the message says in how many seconds the device shows its next code, and
    /// starting again gives the same challenge; else as [`start`](Self::start).
    pub async fn answer(&self, session: &SessionId, answer: Answer) -> Result<Started, Error> {
        self.ask(|reply| Command::Answer(session.clone(), answer, reply)).await
    }

    /// Stops a session and waits until its credentials are out of its profile. Stopping an inactive one succeeds.
    ///
    /// Sessions that have it as their source go on.
    ///
    /// # Errors
    /// [`ErrorKind::NotFound`]; what the sink fails with. The withdrawal is then tried again, until it succeeds or can not.
    /// [`ErrorKind::Busy`] when the sink takes longer than 30 seconds: it goes on.
    pub async fn stop(&self, session: &SessionId) -> Result<(), Error> {
        self.ask(|reply| Command::Stop(session.clone(), reply)).await
    }

    /// Where a session stands.
    ///
    /// # Errors
    /// [`ErrorKind::NotFound`].
    pub async fn status(&self, session: &SessionId) -> Result<SessionStatus, Error> {
        self.ask(|reply| Command::Status(session.clone(), reply)).await
    }

    /// How a session obtains credentials: its chain of sources, what role chaining leaves of its durations, and the way
    /// around it. Nothing is called for it.
    ///
    /// ```no_run
    /// # async fn example(leapp: leapp_core::Leapp, prod: leapp_core::SessionId) -> Result<(), leapp_core::Error> {
    /// use leapp_core::engine::{Detour, Limit};
    ///
    /// for hop in leapp.plan(&prod).await?.hops {
    ///     if let Some(Limit::OneHour { instead: Some(Detour::From(user)), .. }) = hop.limit {
    ///         println!("`{}` could last longer if it were assumed straight from `{user}`", hop.session);
    ///     }
    /// }
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// [`ErrorKind::NotFound`].
    pub async fn plan(&self, session: &SessionId) -> Result<Plan, Error> {
        self.ask(|reply| Command::Plan(session.clone(), reply)).await
    }

    /// Where every session stands, by name.
    ///
    /// # Errors
    /// [`ErrorKind::Cancelled`] after a shutdown.
    pub async fn statuses(&self) -> Result<Vec<SessionStatus>, Error> {
        self.ask(Command::Statuses).await
    }

    /// What happens from now on.
    pub fn events(&self) -> Events {
        // Once the engine has ended, so has the stream.
        let ended = || broadcast::channel(1).1;
        Events(self.events.upgrade().map_or_else(ended, |events| events.subscribe()))
    }

    /// A session's credentials, always the current ones.
    ///
    /// # Errors
    /// [`ErrorKind::NotFound`].
    pub fn credentials(&self, session: &SessionId) -> Result<LiveCredentials, Error> {
        match self.cells.find(session) {
            Some(cell) => Ok(LiveCredentials::new(session.clone(), cell, self.clone())),
            None => Err(Error::new(ErrorKind::NotFound, format!("session `{session}` does not exist"))),
        }
    }

    /// Looks at everything again now. For hosts that are told of a wake or of a network that came up; it is safe to call often.
    ///
    /// # Errors
    /// [`ErrorKind::Cancelled`] after a shutdown.
    pub async fn wake(&self) -> Result<(), Error> {
        self.ask(Command::Wake).await
    }

    /// Stops every session, takes everything out of the profiles, and ends the engine. Waits ten seconds at most.
    ///
    /// What a process that is killed has published stays in its profile until somebody publishes there again; its
    /// credentials expire.
    ///
    /// # Errors
    /// What the sink fails with: then something is still published. [`ErrorKind::Cancelled`] after a shutdown.
    pub async fn shutdown(&self) -> Result<(), Error> {
        self.ask(Command::Shutdown).await
    }

    /// The clock everything goes by.
    pub(crate) fn clock(&self) -> &dyn Clock {
        &*self.clock
    }

    pub(crate) async fn fresh(&self, session: &SessionId) -> Result<SessionCredentials, Error> {
        self.ask(|reply| Command::Fresh(session.clone(), reply)).await
    }

    pub(crate) async fn reject(&self, session: &SessionId, access_key_id: &AccessKeyId) -> Result<(), Error> {
        self.ask(|reply| Command::Rejected(session.clone(), access_key_id.clone(), reply)).await
    }

    async fn ask<T>(
        &self,
        command: impl FnOnce(oneshot::Sender<Result<T, Error>>) -> Command,
    ) -> Result<T, Error> {
        let (reply, answer) = oneshot::channel();
        let over = || Error::new(ErrorKind::Cancelled, "the engine has been shut down");
        self.commands.send(command(reply)).map_err(|_| over())?;
        answer.await.unwrap_or_else(|_| Err(over()))
    }
}

impl LeappBuilder {
    /// Publishes credentials in a sink.
    #[must_use]
    pub fn with_sink(mut self, sink: impl CredentialSink + 'static) -> Self {
        self.backends.sink = Some(Arc::new(sink));
        self
    }

    /// Lets a responder answer challenges before a person is asked.
    #[must_use]
    pub fn with_responder(mut self, responder: impl Responder + 'static) -> Self {
        self.backends.responder = Some(Arc::new(responder));
        self
    }

    /// Lets processes that share one say who goes first: one login, one renewal for all of them.
    #[must_use]
    pub fn with_coordinator(mut self, coordinator: impl Coordinator + 'static) -> Self {
        self.backends.coordinator = Arc::new(coordinator);
        self
    }

    /// Goes by another clock than the machine's.
    #[must_use]
    pub fn with_clock(mut self, clock: Arc<dyn Clock>) -> Self {
        self.backends.clock = clock;
        self
    }

    /// Fixes the random draws, so that a run can be repeated.
    #[must_use]
    pub fn with_seed(mut self, seed: u64) -> Self {
        self.seed = seed;
        self
    }

    /// Starts the engine, as a task of the current tokio runtime, which must have its timer (`enable_time`).
    ///
    /// # Errors
    /// [`ErrorKind::Unsupported`] outside a tokio runtime.
    pub fn build(self) -> Result<Leapp, Error> {
        let runtime = tokio::runtime::Handle::try_current().map_err(|source| {
            Error::new(
                ErrorKind::Unsupported,
                "the engine needs a tokio runtime: call `build` inside `#[tokio::main]` or `Runtime::enter`",
            )
            .with_source(source)
        })?;
        let (commands, inbox) = mpsc::unbounded_channel();
        let (events, _) = broadcast::channel(EVENTS_KEPT);
        let cells = Arc::new(Cells::default());
        let clock = self.backends.clock.clone();
        let watch = events.downgrade();
        let driver = Driver::new(self.seed, self.backends, cells.clone(), events, inbox);
        runtime.spawn(driver.run());
        Ok(Leapp { commands, events: watch, cells, clock })
    }
}

impl Events {
    /// The next event; `None` when the engine has ended.
    ///
    /// A watcher that is too slow gets [`Event::Missed`] in place of what it missed.
    pub async fn next(&mut self) -> Option<Event> {
        match self.0.recv().await {
            Ok(event) => Some(event),
            Err(broadcast::error::RecvError::Lagged(count)) => Some(Event::Missed { count }),
            Err(broadcast::error::RecvError::Closed) => None,
        }
    }
}
