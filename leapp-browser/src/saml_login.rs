//! The responder.

use std::path::PathBuf;
use std::time::Duration;

use async_trait::async_trait;
use leapp_core::{Answer, Challenge, Error, ErrorKind, Question, Responder, SamlAssertion, Secret};
use tokio::time::Instant;
use url::Url;

use crate::browser::Browser;
use crate::login::Login;
use crate::login_url;
use crate::profile::Profile;
use crate::running::Running;
use crate::sign_in_url::SignInUrls;

const MOST: Duration = Duration::from_secs(3600);
const TIME_LIMIT: Duration = Duration::from_secs(5 * 60);
/// A provider that knows the person answers within two; the browser's start takes one.
const SILENT_LIMIT: Duration = Duration::from_secs(15);

/// Answers [`Question::SamlAssertion`]: a person logs in at their identity provider, in a browser of the
/// caller's choice.
///
/// A window opens, and closes when the provider's page posts to AWS's sign-in page; what it posts is the
/// answer. The request is known by its full address, in whichever window or frame it is made, and does not
/// leave the browser. One that carries no `SAMLResponse` does, and the login goes on.
///
/// Each login has a profile of its own, which is thrown away: nobody stays logged in. (A program that is
/// killed leaves that folder, mode 0700, in the system's temporary folder, though no browser.) With
/// [`with_kept_profiles`](Self::with_kept_profiles) each identity provider has one that stays.
///
/// Closing the window ends the login with [`ErrorKind::Cancelled`]; so does the time limit. Whoever no longer
/// awaits the answer ends the browser with that.
#[derive(Clone, Debug)]
pub struct SamlLogin {
    browser: Browser,
    identity_providers: Vec<String>,
    kept_profiles: Option<PathBuf>,
    silence: Silence,
    silent_limit: Duration,
    stand_in: Option<Secret>,
    time_limit: Duration,
}

/// Whether it is tried without a window.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Silence {
    First,
    No,
    Only,
}

impl SamlLogin {
    /// Logs in at any identity provider, with a window and a profile that is thrown away, within five
    /// minutes.
    pub fn new(browser: Browser) -> Self {
        Self {
            browser,
            identity_providers: Vec::new(),
            kept_profiles: None,
            silence: Silence::No,
            silent_limit: SILENT_LIMIT,
            stand_in: None,
            time_limit: TIME_LIMIT,
        }
    }

    /// Serves this identity provider, named by any address of it, and those named so far; other logins are
    /// declined.
    ///
    /// # Errors
    /// [`ErrorKind::InvalidInput`] when it is no address, or neither https nor on this machine.
    pub fn with_identity_provider(mut self, url: &str) -> Result<Self, Error> {
        let url = login_url::parse("identity provider", url)?;
        self.identity_providers.push(login_url::identity_provider(&url));
        Ok(self)
    }

    /// Keeps one profile for each identity provider below this folder, so that the next login there is silent
    /// for as long as the provider remembers the person.
    ///
    /// Who can read the folder is logged in as that person; its mode, 0700, is what protects it. Logging out
    /// is removing it. Two logins at one provider take turns.
    #[must_use]
    pub fn with_kept_profiles(self, folder: impl Into<PathBuf>) -> Self {
        Self { kept_profiles: Some(folder.into()), ..self }
    }

    /// Tries without a window for some seconds, then opens one.
    #[must_use]
    pub fn silent_first(self) -> Self {
        Self { silence: Silence::First, ..self }
    }

    /// Never opens a window: what needs a person is declined, and stays open for one. For refreshing
    /// unattended.
    #[must_use]
    pub fn silent_only(self) -> Self {
        Self { silence: Silence::Only, ..self }
    }

    /// How long it is tried without a window; fifteen seconds unless said.
    #[must_use]
    pub fn with_silent_limit(self, limit: Duration) -> Self {
        Self { silent_limit: limit, ..self }
    }

    /// How long a login may take in all; five minutes unless said, an hour at most. The engine itself waits for eleven minutes.
    #[must_use]
    pub fn with_time_limit(self, limit: Duration) -> Self {
        Self { time_limit: limit, ..self }
    }

    /// Runs a script in each page in place of a person.
    #[cfg(feature = "stand-in")]
    #[doc(hidden)]
    #[must_use]
    pub fn with_stand_in(self, script: &str) -> Self {
        Self { stand_in: Some(Secret::new(script)), ..self }
    }

    /// The assertion; `None` when nobody logged in, in the time and by the ways that are allowed.
    async fn log_in(&self, login: &Login, silence: Silence) -> Result<Option<SamlAssertion>, Error> {
        let deadline = Instant::now() + self.time_limit.min(MOST);
        let Ok(profile) = tokio::time::timeout_at(deadline, self.profile(login)).await else {
            // Another login has had it all the time.
            return Ok(None);
        };
        let profile = profile?;
        let outcome = self.log_in_on(&profile, login, silence, deadline).await;
        // It may be some hundred files.
        let _ = tokio::task::spawn_blocking(move || drop(profile)).await;
        outcome
    }

    async fn profile(&self, login: &Login) -> Result<Profile, Error> {
        match &self.kept_profiles {
            Some(folder) => Profile::kept(folder, &login.login_url).await,
            None => Profile::thrown_away(),
        }
    }

    async fn log_in_on(
        &self,
        profile: &Profile,
        login: &Login,
        silence: Silence,
        deadline: Instant,
    ) -> Result<Option<SamlAssertion>, Error> {
        if silence != Silence::No {
            let silent = self.browser.clone().headless();
            let until = deadline.min(Instant::now() + self.silent_limit.min(MOST));
            let assertion = match attempt(&silent, profile, login, until).await {
                // A page that closes itself where nobody sees it wants to be seen.
                Err(error) if error.kind() == ErrorKind::Cancelled => None,
                outcome => outcome?,
            };
            if assertion.is_some() || silence == Silence::Only {
                return Ok(assertion);
            }
        }
        attempt(&self.browser, profile, login, deadline).await
    }

    fn serves(&self, login_url: &Url) -> bool {
        let identity_provider = login_url::identity_provider(login_url);
        self.identity_providers.is_empty() || self.identity_providers.contains(&identity_provider)
    }
}

/// Starts the browser, and ends it; `None` when nobody has logged in by then.
async fn attempt(
    browser: &Browser,
    profile: &Profile,
    login: &Login,
    deadline: Instant,
) -> Result<Option<SamlAssertion>, Error> {
    let mut running = Running::start(browser, profile)?;
    let outcome = tokio::time::timeout_at(deadline, login.run(&mut running)).await;
    running.end().await;
    outcome.ok().transpose()
}

#[async_trait]
impl Responder for SamlLogin {
    /// Opens the browser for a [`Question::SamlAssertion`], unless it is for an identity provider that it
    /// does not serve; other questions it declines.
    ///
    /// # Errors
    /// - [`ErrorKind::Cancelled`] when the window was closed, the browser ended, or the time limit passed;
    /// - [`ErrorKind::InvalidInput`] when an address is neither https nor on this machine, or when the
    ///   identity provider's page posted what can be no assertion;
    /// - [`ErrorKind::NotFound`], [`ErrorKind::AccessDenied`], [`ErrorKind::Unsupported`] when the browser
    ///   cannot be started;
    /// - [`ErrorKind::Service`] when it does not speak the protocol;
    /// - [`ErrorKind::Unavailable`] when it ends before it shows a page, or a profile cannot be made.
    async fn respond(&self, challenge: &Challenge) -> Result<Option<Answer>, Error> {
        let Question::SamlAssertion { login_url, sign_in_urls } = &challenge.question else {
            return Ok(None);
        };
        let login_url = login_url::parse("login page", login_url)?;
        let sign_in_urls = SignInUrls::parse(sign_in_urls)?;
        if !self.serves(&login_url) || sign_in_urls.is_empty() {
            return Ok(None);
        }
        let login = Login { login_url, sign_in_urls, stand_in: self.stand_in.clone() };
        let silence = if challenge.is_attended { self.silence } else { Silence::Only };
        match self.log_in(&login, silence).await? {
            Some(assertion) => Ok(Some(Answer::SamlAssertion(assertion))),
            None if silence == Silence::Only => Ok(None),
            None => {
                let place = login_url::identity_provider(&login.login_url);
                let seconds = self.time_limit.as_secs();
                let message = format!("logging in at {place}: nobody did within {seconds} seconds");
                Err(Error::new(ErrorKind::Cancelled, message))
            }
        }
    }
}
