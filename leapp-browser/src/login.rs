//! One login: from an empty window to the assertion.

use std::collections::HashSet;

use data_encoding::BASE64;
use leapp_core::{Error, ErrorKind, SamlAssertion, Secret};
use serde_json::{Value, json};
use url::Url;

use crate::devtools::{Event, Paused};
use crate::form;
use crate::login_url;
use crate::running::Running;
use crate::sign_in_url::SignInUrls;

/// What the person sees where AWS's sign-in page would be. The window closes after it.
const DONE: &str = "<!doctype html><html lang=\"en\"><meta charset=\"utf-8\"><title>Logged in</title>\
    <p>You are logged in. You may close this window.</p></html>";

/// What is asked for.
#[derive(Debug)]
pub(crate) struct Login {
    pub(crate) login_url: Url,
    pub(crate) sign_in_urls: SignInUrls,
    /// Runs in each page in place of a person; it may know a password.
    pub(crate) stand_in: Option<Secret>,
}

impl Login {
    /// Opens the page and waits for the assertion, for as long as the browser and a page of it live.
    ///
    /// # Errors
    /// - [`ErrorKind::Cancelled`] when the last page was closed, or the browser;
    /// - [`ErrorKind::InvalidInput`] when what the provider's page posted can be no assertion;
    /// - [`ErrorKind::Service`] when the browser does not do what it is told;
    /// - [`ErrorKind::Unavailable`] when it ended before there was a page.
    pub(crate) async fn run(&self, browser: &mut Running<'_>) -> Result<SamlAssertion, Error> {
        let opening = self.open(browser).await?;
        let mut pages = HashSet::new();
        loop {
            match browser.next().await?.ok_or_else(|| self.cancelled("the browser was closed"))? {
                Event::Attached(page) => self.attend(browser, &page).await?,
                Event::PageOpened(page) => {
                    pages.insert(page);
                }
                Event::PageClosed(page) => {
                    if pages.remove(&page) && pages.is_empty() {
                        return Err(self.cancelled("the window was closed"));
                    }
                }
                Event::Paused(request) => {
                    if let Some(assertion) = self.take(browser, &request).await? {
                        return Ok(assertion);
                    }
                }
                Event::Answered(command, Err(why)) if command == opening => {
                    return Err(refused("Target.createTarget", &why));
                }
                Event::Answered(..) | Event::Unimportant => {}
            }
        }
    }

    /// First everything is watched, then there is a page; gives the number of the command for that.
    async fn open(&self, browser: &mut Running<'_>) -> Result<u64, Error> {
        let patterns: Vec<Value> = self
            .sign_in_urls
            .patterns()
            .into_iter()
            .map(|pattern| json!({ "urlPattern": pattern }))
            .collect();
        self.must(browser, "Fetch.enable", json!({ "patterns": patterns })).await?;
        if self.stand_in.is_some() {
            let each = json!({ "autoAttach": true, "waitForDebuggerOnStart": true, "flatten": true });
            self.must(browser, "Target.setAutoAttach", each).await?;
        }
        self.must(browser, "Target.setDiscoverTargets", json!({ "discover": true })).await?;
        let page = json!({ "url": self.login_url.as_str(), "newWindow": true });
        browser.send(None, "Target.createTarget", page).await
    }

    /// Gives a command that the login depends on, before any page is there.
    async fn must(&self, browser: &mut Running<'_>, command: &str, parameters: Value) -> Result<(), Error> {
        let number = browser.send(None, command, parameters).await?;
        let ended = || Error::new(ErrorKind::Unavailable, "the browser ended before it opened a window");
        loop {
            match browser.next().await?.ok_or_else(ended)? {
                Event::Answered(answered, Ok(())) if answered == number => return Ok(()),
                Event::Answered(answered, Err(why)) if answered == number => {
                    return Err(refused(command, &why));
                }
                _ => {}
            }
        }
    }

    /// Decides what becomes of a request: it is taken, or goes on to where it was going.
    async fn take(
        &self,
        browser: &mut Running<'_>,
        request: &Paused,
    ) -> Result<Option<SamlAssertion>, Error> {
        let is_ours = request.is_post && self.sign_in_urls.contain(&request.url);
        if is_ours && request.is_incomplete {
            return Err(Error::new(
                ErrorKind::Service,
                "the browser does not tell what is posted to AWS's sign-in page",
            ));
        }
        let Some(response) = is_ours.then(|| form::saml_response(&request.body)).flatten() else {
            browser.send(None, "Fetch.continueRequest", json!({ "requestId": request.id })).await?;
            return Ok(None);
        };
        let headers = json!([
            { "name": "Content-Type", "value": "text/html; charset=utf-8" },
            { "name": "Content-Security-Policy", "value": "default-src 'none'" },
            { "name": "Cache-Control", "value": "no-store" },
        ]);
        let body = BASE64.encode(DONE.as_bytes());
        let page =
            json!({ "requestId": request.id, "responseCode": 200, "responseHeaders": headers, "body": body });
        browser.send(None, "Fetch.fulfillRequest", page).await?;
        SamlAssertion::parse(&response).map(Some)
    }

    /// Lets a page go on, with what stands in for the person there.
    async fn attend(&self, browser: &mut Running<'_>, page: &str) -> Result<(), Error> {
        if let Some(script) = &self.stand_in {
            browser.send(Some(page), "Page.enable", Value::Null).await?;
            let source = json!({ "source": script.expose() });
            browser.send(Some(page), "Page.addScriptToEvaluateOnNewDocument", source).await?;
        }
        browser.send(Some(page), "Runtime.runIfWaitingForDebugger", Value::Null).await?;
        Ok(())
    }

    fn cancelled(&self, why: &str) -> Error {
        let place = login_url::identity_provider(&self.login_url);
        Error::new(ErrorKind::Cancelled, format!("logging in at {place}: {why}"))
    }
}

fn refused(command: &str, why: &str) -> Error {
    Error::new(ErrorKind::Service, format!("the browser refuses `{command}`: {why}"))
}
