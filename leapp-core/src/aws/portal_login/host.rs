//! What a login needs of its host: where it is kept, what time it is, who goes first, and how a person is shown the page.

use std::fmt;
use std::sync::Arc;
use std::time::SystemTime;

use async_trait::async_trait;

use super::LoginFlow;
use crate::{Clock, Coordinator, Error, LocalCoordinator, Region, Secret, SessionId, SystemClock, Vault};

/// What [`PortalLogin::log_in`](super::PortalLogin::log_in) works with. Clones share everything.
///
/// ```
/// use async_trait::async_trait;
/// use leapp_core::aws::{LoginFlow, LoginHost, LoginPage, LoginPrompt, PortalLogin};
/// use leapp_core::{Error, FileCoordinator, MemoryVault};
/// use std::sync::Arc;
///
/// #[derive(Debug)]
/// struct Terminal;
///
/// #[async_trait]
/// impl LoginPrompt for Terminal {
///     async fn show(&self, page: &LoginPage) -> Result<(), Error> {
///         println!("{page}: {}", page.url().expose());
///         Ok(())
///     }
/// }
///
/// # async fn program(portal: PortalLogin, locks: FileCoordinator) -> Result<(), Error> {
/// let host = LoginHost::new(Arc::new(MemoryVault::new()), Terminal)
///     .with_coordinator(locks)
///     .with_flow(LoginFlow::DeviceCode);
/// portal.log_in(&host).await?;
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug)]
pub struct LoginHost {
    pub(super) vault: Arc<dyn Vault>,
    pub(super) prompt: Arc<dyn LoginPrompt>,
    pub(super) clock: Arc<dyn Clock>,
    pub(super) coordinator: Arc<dyn Coordinator>,
    pub(super) flow: LoginFlow,
}

/// Brings a person to the page where they log in: opens a browser, or prints the address and the code.
///
/// An implementation needs the crate `async-trait`.
#[async_trait]
pub trait LoginPrompt: fmt::Debug + Send + Sync {
    /// Shows the page. An error ends the login. It need not return before the person is done: it is dropped when the login ends.
    async fn show(&self, page: &LoginPage) -> Result<(), Error>;
}

/// Where a person logs in, for which session and portal. Prints as what a prompt says, but for the address.
#[derive(Clone)]
#[non_exhaustive]
pub struct LoginPage {
    /// The session the login is for.
    pub session: SessionId,
    /// The portal's start URL.
    pub start_url: String,
    /// The Region of the portal.
    pub region: Region,
    /// What the page shows too: the person compares both. Of a [device login](LoginFlow::DeviceCode) only.
    pub user_code: Option<String>,
    /// When the page stops being of use.
    pub expiration: SystemTime,
    pub(super) url: Secret,
}

impl LoginHost {
    /// A host with the machine's clock, alone in its process, whose people have a browser on this machine: without
    /// [`with_flow`](Self::with_flow) the login comes back to a loopback port, and a page has no code.
    ///
    /// The vault is the one that [`Leapp`](crate::Leapp) has: it finds the login there. An `Arc<dyn Vault>` is itself a vault, so
    /// that a clone of the `Arc` can be given to [`Leapp::builder`](crate::Leapp::builder).
    pub fn new(vault: Arc<dyn Vault>, prompt: impl LoginPrompt + 'static) -> Self {
        Self {
            vault,
            prompt: Arc::new(prompt),
            clock: Arc::new(SystemClock::new()),
            coordinator: Arc::new(LocalCoordinator::new()),
            flow: LoginFlow::AuthorizationCode { port: None },
        }
    }

    /// Lets processes that share one log in once. It is the one that [`Leapp`](crate::Leapp) has, if it has one.
    #[must_use]
    pub fn with_coordinator(self, coordinator: impl Coordinator + 'static) -> Self {
        Self { coordinator: Arc::new(coordinator), ..self }
    }

    /// Goes by another clock than the machine's.
    #[must_use]
    pub fn with_clock(self, clock: Arc<dyn Clock>) -> Self {
        Self { clock, ..self }
    }

    /// Says how people log in.
    #[must_use]
    pub fn with_flow(self, flow: LoginFlow) -> Self {
        Self { flow, ..self }
    }
}

impl LoginPage {
    /// The address to open. It is good for one login, and worth as much to whoever else opens it: no log should hold it.
    pub fn url(&self) -> &Secret {
        &self.url
    }
}

impl fmt::Display for LoginPage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { session, start_url, region, user_code, .. } = self;
        write!(f, "log in at {start_url} ({region}) for session `{session}`")?;
        match user_code {
            Some(user_code) => write!(f, ", code {user_code}"),
            None => Ok(()),
        }
    }
}

impl fmt::Debug for LoginPage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { session, start_url, region, user_code: _, expiration, url } = self;
        f.debug_struct("LoginPage")
            .field("session", session)
            .field("start_url", start_url)
            .field("region", region)
            .field("expiration", expiration)
            .field("url", url)
            .finish_non_exhaustive()
    }
}
