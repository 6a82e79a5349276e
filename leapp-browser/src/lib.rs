//! Logs in at a SAML identity provider with a browser that is installed, and takes the assertion before it
//! leaves it.
//!
//! Identity providers change their pages, ask for second factors and know the devices they trust: only a real
//! browser keeps up with that. [`SamlLogin`] is a [`Responder`](leapp_core::Responder) for
//! [`Question::SamlAssertion`](leapp_core::Question::SamlAssertion): it opens the login page in a
//! [`Browser`], a person logs in, and the POST with which the provider's page sends the person on to AWS is
//! taken and answered inside the browser. Nothing of it reaches AWS's sign-in page.
//!
//! When a session is due for its next set and nobody is starting one
//! ([`Challenge::is_attended`](leapp_core::Challenge::is_attended)), it tries without a window and no more.
//!
//! ```no_run
//! use leapp_browser::{Browser, SamlLogin};
//! use leapp_core::{Challenge, Question, Responder, SessionId};
//!
//! # async fn login(home: &std::path::Path) -> Result<(), leapp_core::Error> {
//! let login = SamlLogin::new(Browser::open()?)
//!     .with_identity_provider("https://idp.example.com")?
//!     .with_kept_profiles(home.join(".my-program/browsers"))
//!     .silent_first();
//!
//! // `Leapp` asks it: `Leapp::builder(vault).with_responder(login)`. By hand:
//! let question = Question::SamlAssertion {
//!     login_url: "https://idp.example.com/app/aws".into(),
//!     sign_in_urls: vec!["https://signin.aws.amazon.com/saml".into()],
//! };
//! let answer = login.respond(&Challenge::new(SessionId::parse("prod")?, question).attended()).await?;
//! assert!(answer.is_some());
//! # Ok(())
//! # }
//! ```
//!
//! # How the browser is driven
//!
//! Over the [DevTools protocol](https://chromedevtools.github.io/devtools-protocol/), through two pipes that
//! nobody but this process and the browser has (`--remote-debugging-pipe`). The usual way is a port on
//! loopback, and whoever reaches that port, another user of the machine or a page that finds a way around its
//! checks, is the person who is logged in. A pipe has no address. It also ends with this process, however
//! that ends, and the browser ends with the pipe.
//!
//! The crates that drive browsers go through that port and a websocket, with the protocol's hundreds of
//! commands (`chromiumoxide` is 120 packages, this crate 65). Six commands do for a login, so they are
//! written here, over tokio and [`command-fds`](https://docs.rs/command-fds), which passes the pipes on.
//!
//! What it costs: a page can tell that its browser may be driven (`navigator.webdriver`), and some identity
//! providers, Google's among them, may turn such a browser away.
//!
//! # Where it runs
//!
//! On Linux, where it is tested; on macOS the same code runs untested. Windows passes pipes in another way,
//! which is not there: logging in is [`Unsupported`](leapp_core::ErrorKind::Unsupported). The browser is of
//! the Chromium family: Chromium, Chrome, Edge, Brave.

mod arguments;
mod browser;
mod devtools;
mod form;
mod installed;
mod login;
mod login_url;
mod pipe;
mod platform;
mod profile;
mod running;
mod saml_login;
mod sign_in_url;

// The public interface is:
pub use crate::browser::Browser;
pub use crate::saml_login::SamlLogin;
