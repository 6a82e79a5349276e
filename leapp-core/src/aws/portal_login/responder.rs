//! Logs in at the portals of a host when a session asks for it.

use async_trait::async_trait;

use super::{LoginHost, PortalLogin};
use crate::{Answer, Challenge, Error, Question, Responder};

/// Answers [`Question::Login`] by [`PortalLogin::log_in`], for any number of portals.
///
/// It is for a host whose people expect to be brought to a page when they start a session. The question of a session that is
/// due for its next set, with nobody there ([`Challenge::is_attended`]), it declines. A host that asks first lets the
/// question come to the application, which calls `log_in` itself.
///
/// ```
/// use leapp_core::Leapp;
/// use leapp_core::aws::{LoginHost, LoginResponder, PortalLogin};
///
/// # fn program(vault: std::sync::Arc<dyn leapp_core::Vault>, host: LoginHost, portal: PortalLogin) -> Result<(), leapp_core::Error> {
/// let responder = LoginResponder::new(host).with_portal(portal);
/// let leapp = Leapp::builder(vault).with_responder(responder).build()?;
/// # drop(leapp);
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug)]
pub struct LoginResponder {
    host: LoginHost,
    portals: Vec<PortalLogin>,
}

impl LoginResponder {
    /// A responder that knows no portal, and declines every question.
    pub fn new(host: LoginHost) -> Self {
        Self { host, portals: Vec::new() }
    }

    /// Adds a portal. Give it a clone of the session's own [`PortalLogin`].
    #[must_use]
    pub fn with_portal(mut self, portal: PortalLogin) -> Self {
        self.portals.push(portal);
        self
    }
}

#[async_trait]
impl Responder for LoginResponder {
    async fn respond(&self, challenge: &Challenge) -> Result<Option<Answer>, Error> {
        let Question::Login { start_url, region } = &challenge.question else { return Ok(None) };
        let is_asked = |portal: &&PortalLogin| {
            portal.session == challenge.session
                && portal.start_url == *start_url
                && portal.sso.region() == region
        };
        // No refresh brings anybody to a page: the question stays open until a person comes for it.
        let portal = self.portals.iter().find(is_asked).filter(|_| challenge.is_attended);
        let Some(portal) = portal else { return Ok(None) };
        portal.log_in(&self.host).await?;
        Ok(Some(Answer::LoggedIn))
    }
}
