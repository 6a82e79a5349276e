//! What a person watches: a live table in a terminal, plain lines elsewhere.

use std::collections::BTreeMap;
use std::io::{IsTerminal, Write, stdout};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, SystemTime};

use crossterm::cursor::{MoveToColumn, MoveUp};
use crossterm::queue;
use crossterm::terminal::{Clear, ClearType};
use leapp_core::{Clock, Event, Events, Leapp, SessionId, SessionStatus};
use tokio::task::JoinHandle;

const FRAME: Duration = Duration::from_millis(100);

/// Draws until it is closed or dropped.
pub(crate) struct Screen {
    canvas: Arc<Mutex<Canvas>>,
    listener: JoinHandle<()>,
    animation: Option<JoinHandle<()>>,
}

#[derive(Default)]
struct Canvas {
    statuses: Vec<SessionStatus>,
    last: BTreeMap<SessionId, String>,
    /// How many lines of the table stand on the terminal now.
    drawn: u16,
}

impl Screen {
    pub(crate) fn open(leapp: &Leapp, clock: Arc<dyn Clock>) -> Self {
        let canvas = Arc::new(Mutex::new(Canvas::default()));
        let listener = tokio::spawn(listen(leapp.events(), canvas.clone()));
        let is_terminal = stdout().is_terminal();
        let animation = is_terminal.then(|| tokio::spawn(animate(leapp.clone(), clock, canvas.clone())));
        Self { canvas, listener, animation }
    }

    /// Says something, above the table.
    pub(crate) fn say(&self, line: &str) {
        lock(&self.canvas).say(line);
    }

    /// Shows what there is still to show, once the engine has ended.
    pub(crate) async fn close(mut self) {
        let _ = (&mut self.listener).await;
        lock(&self.canvas).erase();
    }
}

impl Drop for Screen {
    fn drop(&mut self) {
        self.listener.abort();
        self.animation.iter().for_each(JoinHandle::abort);
    }
}

async fn listen(mut events: Events, canvas: Arc<Mutex<Canvas>>) {
    while let Some(event) = events.next().await {
        let words = describe(&event);
        let mut canvas = lock(&canvas);
        match event.session() {
            Some(session) => {
                canvas.say(&format!("  {:<8} {words}", session.as_str()));
                canvas.last.insert(session.clone(), words);
            }
            None => canvas.say(&words),
        }
    }
}

async fn animate(leapp: Leapp, clock: Arc<dyn Clock>, canvas: Arc<Mutex<Canvas>>) {
    while let Ok(statuses) = leapp.statuses().await {
        {
            let mut canvas = lock(&canvas);
            canvas.statuses = statuses;
            canvas.draw(clock.now());
        }
        tokio::time::sleep(FRAME).await;
    }
}

impl Canvas {
    fn say(&mut self, line: &str) {
        self.erase();
        // A terminal that is gone is no reason to stop the play.
        let _ = writeln!(stdout(), "{line}");
    }

    fn erase(&mut self) {
        if self.drawn > 0 {
            let _ = queue!(stdout(), MoveUp(self.drawn), MoveToColumn(0), Clear(ClearType::FromCursorDown));
            self.drawn = 0;
        }
    }

    fn draw(&mut self, now: SystemTime) {
        self.erase();
        let mut lines =
            vec![row(["SESSION", "KIND", "PROFILE", "STATUS", "TIME LEFT", "NEXT REFRESH", "LAST EVENT"])];
        lines.extend(self.statuses.iter().map(|status| self.line(status, now)));
        for line in &lines {
            let _ = writeln!(stdout(), "{line}");
        }
        let _ = stdout().flush();
        self.drawn = u16::try_from(lines.len()).unwrap_or(u16::MAX);
    }

    fn line(&self, status: &SessionStatus, now: SystemTime) -> String {
        row([
            status.session.as_str(),
            status.kind.name,
            status.profile.as_ref().map_or("-", |profile| profile.as_str()),
            &format!("{:?}", status.state).to_lowercase(),
            &left(status.expiration, now),
            &left(status.next_attempt, now),
            self.last.get(&status.session).map_or("", String::as_str),
        ])
    }
}

fn row([session, kind, profile, state, expires, next, last]: [&str; 7]) -> String {
    let line = format!("{session:<8} {kind:<16} {profile:<8} {state:<8} {expires:>10} {next:>12}  {last}");
    // A row that wraps would not be found again to be drawn over.
    let columns = crossterm::terminal::size().map_or(0, |(columns, _)| usize::from(columns));
    // A terminal that does not know its size says 0.
    let columns = if columns == 0 { 80 } else { columns };
    line.chars().take(columns - 1).collect()
}

fn left(at: Option<SystemTime>, now: SystemTime) -> String {
    let Some(at) = at else { return "-".to_owned() };
    let seconds = at.duration_since(now).unwrap_or_default().as_secs();
    match seconds {
        3600.. => format!("{} h {:02} min", seconds / 3600, seconds / 60 % 60),
        _ => format!("{} min {:02} s", seconds / 60, seconds % 60),
    }
}

fn describe(event: &Event) -> String {
    match event {
        Event::ChallengeRequired { .. } => "asked for an MFA code; the TOTP responder answers".to_owned(),
        Event::Expired { .. } => "expired".to_owned(),
        Event::Issued { reused: true, .. } => "took a set from the vault".to_owned(),
        Event::Issued { .. } => "got a new set".to_owned(),
        Event::Published { profile, .. } => format!("published in profile {profile}"),
        Event::RefreshFailed { error, .. } => format!("kept what it has: {error}"),
        Event::SinkFailed { error, .. } | Event::StartFailed { error, .. } => format!("failed: {error}"),
        Event::Started { .. } => "started".to_owned(),
        Event::Stopped { .. } => "stopped".to_owned(),
        Event::Withdrawn { profile, .. } => format!("withdrawn from profile {profile}"),
        Event::Woke { .. } => "time jumped: looking at everything again".to_owned(),
        other => format!("{other:?}"),
    }
}

fn lock(canvas: &Mutex<Canvas>) -> std::sync::MutexGuard<'_, Canvas> {
    canvas.lock().unwrap_or_else(PoisonError::into_inner)
}
