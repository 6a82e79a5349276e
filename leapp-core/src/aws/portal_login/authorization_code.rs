//! A login in a browser on this machine, which comes back with an authorization code.
//!
//! See [RFC 6749](https://www.rfc-editor.org/rfc/rfc6749#section-4.1), [RFC 7636](https://www.rfc-editor.org/rfc/rfc7636) for the
//! proof keys, and [RFC 8252](https://www.rfc-editor.org/rfc/rfc8252) for programs on a person's machine.

use std::time::Duration;

use data_encoding::BASE64URL_NOPAD;
use sha2::{Digest, Sha256};

use super::callback::{Callback, Outcome};
use super::oidc::{self, CodeProof, Refused};
use super::record::{Registration, Token};
use super::{LoginHost, LoginPage, PortalLogin, SCOPE, beside};
use crate::{Error, ErrorKind, Secret};

/// A person who has not come back by then will not: the tab is closed.
const LONGEST: Duration = Duration::from_secs(5 * 60);

pub(super) async fn obtain(
    portal: &PortalLogin,
    host: &LoginHost,
    registration: &Registration,
    port: Option<u16>,
) -> Result<Token, Refused> {
    // The port is open before the browser is: nobody else can be there when it comes back.
    let mut callback = Callback::open(port, random()?).await?;
    let (redirect_uri, code_verifier) = (callback.redirect_uri(), random()?);
    let challenge = BASE64URL_NOPAD.encode(&Sha256::digest(code_verifier.expose()));
    let query = form_urlencoded::Serializer::new(String::new())
        .append_pair("response_type", "code")
        .append_pair("client_id", &registration.client_id)
        .append_pair("redirect_uri", &redirect_uri)
        .append_pair("state", callback.state().expose())
        .append_pair("code_challenge_method", "S256")
        .append_pair("code_challenge", &challenge)
        .append_pair("scopes", SCOPE)
        .finish();
    let url = Secret::new(format!("{}?{query}", portal.sso.authorize_url().await?));
    let page = portal.page(host, url, None);
    let page = LoginPage { expiration: page.expiration + LONGEST, ..page };
    let code = beside(host.prompt.show(&page), come_back(portal, host, &mut callback)).await?;
    drop(callback);
    let proof = CodeProof { code: &code, redirect_uri: &redirect_uri, code_verifier: &code_verifier };
    oidc::redeem_code(&portal.sso, &portal.session, registration, &proof, host.clock.now()).await
}

async fn come_back(
    portal: &PortalLogin,
    host: &LoginHost,
    callback: &mut Callback,
) -> Result<Secret, Refused> {
    tokio::select! {
        outcome = callback.wait() => match outcome {
            Outcome::Code(code) => Ok(code),
            Outcome::Declined => Err(portal.declined().into()),
            Outcome::Refused(word) => Err(refused(portal, &word)),
        },
        () = host.clock.sleep(LONGEST) => Err(portal.not_in_time().into()),
    }
}

/// The page's words for a client that it does not know are those of RFC 6749, and not SSO-OIDC's.
fn refused(portal: &PortalLogin, word: &str) -> Refused {
    let message = format!("the login for session `{}` was refused by its page: {word}", portal.session);
    let code = match word {
        "invalid_client" => Some("InvalidClientException"),
        "unauthorized_client" => Some("UnauthorizedClientException"),
        _ => None,
    };
    Refused { code: code.map(str::to_owned), error: Error::new(ErrorKind::InvalidInput, message) }
}

/// 256 bits that nobody guesses, as 43 characters that a URL takes as they are.
fn random() -> Result<Secret, Error> {
    let mut bytes = zeroize::Zeroizing::new([0; 32]);
    getrandom::fill(&mut *bytes).map_err(|source| {
        let source = std::io::Error::from(source);
        Error::new(ErrorKind::Unavailable, "the system gives no random bytes for a login").with_source(source)
    })?;
    Ok(Secret::new(BASE64URL_NOPAD.encode(&*bytes)))
}
