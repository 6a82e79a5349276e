//! The calls of SSO-OIDC, each with what it answers and how it refuses.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use aws_sdk_ssooidc::operation::create_token::CreateTokenOutput;
use aws_sdk_ssooidc::operation::create_token::builders::CreateTokenFluentBuilder;
use aws_smithy_runtime_api::client::orchestrator::HttpResponse;
use aws_smithy_runtime_api::client::result::SdkError;
use aws_smithy_types::error::metadata::ProvideErrorMetadata;

use super::record::{Registration, Token};
use super::{LoginFlow, SCOPE};
use crate::aws::sts::unlogged;
use crate::aws::{Sso, refusal};
use crate::{Error, ErrorKind, Login, Secret, SessionId, credentials};

/// Where the browser is sent back to, but for the port, which is free on a loopback address
/// ([RFC 8252](https://www.rfc-editor.org/rfc/rfc8252#section-7.3)).
const REDIRECT_URI: &str = "http://127.0.0.1/oauth/callback";
const DEVICE_CODE: &str = "urn:ietf:params:oauth:grant-type:device_code";
/// What a server that names no interval means ([RFC 8628](https://www.rfc-editor.org/rfc/rfc8628#section-3.2)).
const USUAL_INTERVAL: Duration = Duration::from_secs(5);

/// A refusal: the service's code, if there was an answer, and the error that it becomes.
#[derive(Debug)]
pub(super) struct Refused {
    pub(super) code: Option<String>,
    pub(super) error: Error,
}

/// What a device shows and polls with.
#[derive(Debug)]
pub(super) struct DeviceAuthorization {
    pub(super) device_code: Secret,
    pub(super) user_code: String,
    pub(super) verification_url: Secret,
    pub(super) lifetime: Duration,
    pub(super) interval: Duration,
}

/// What an authorization code is redeemed with.
#[derive(Debug)]
pub(super) struct CodeProof<'a> {
    pub(super) code: &'a Secret,
    pub(super) redirect_uri: &'a str,
    pub(super) code_verifier: &'a Secret,
}

impl Refused {
    fn of<E: ProvideErrorMetadata>(
        action: &str,
        session: &SessionId,
        failure: &SdkError<E, HttpResponse>,
    ) -> Self {
        let code = failure.as_service_error().and_then(|refused| refused.code()).map(str::to_owned);
        Self { code, error: refusal::error(action, session, failure) }
    }

    /// True when the refresh token, or the client it belongs to, is of no use any more. Only what the service says of them
    /// counts: a proxy on the way that refuses says nothing of a token.
    pub(super) fn is_final(&self) -> bool {
        let is_of_token =
            matches!(self.code.as_deref(), Some("ExpiredTokenException" | "InvalidGrantException"));
        is_of_token || self.is_of_client()
    }

    /// True when the registration itself is refused.
    pub(super) fn is_of_client(&self) -> bool {
        matches!(self.code.as_deref(), Some("InvalidClientException" | "UnauthorizedClientException"))
    }
}

impl From<Error> for Refused {
    fn from(error: Error) -> Self {
        Self { code: None, error }
    }
}

/// What a registration is good for; one for another purpose is not used.
pub(super) fn purpose(flow: LoginFlow) -> String {
    let way = match flow {
        LoginFlow::AuthorizationCode { .. } => "authorization-code",
        LoginFlow::DeviceCode => "device-code",
    };
    format!("{way} {SCOPE}")
}

/// [RegisterClient](https://docs.aws.amazon.com/singlesignon/latest/OIDCAPIReference/API_RegisterClient.html).
pub(super) async fn register(
    sso: &Sso,
    session: &SessionId,
    client_name: &str,
    start_url: &str,
    flow: LoginFlow,
    now: SystemTime,
) -> Result<Registration, Refused> {
    const ACTION: &str = "RegisterClient";
    let call = sso.oidc(now).register_client().client_name(client_name).client_type("public").scopes(SCOPE);
    let call = match flow {
        LoginFlow::AuthorizationCode { .. } => call
            .grant_types("authorization_code")
            .grant_types("refresh_token")
            .redirect_uris(REDIRECT_URI)
            .issuer_url(start_url),
        LoginFlow::DeviceCode => call.grant_types(DEVICE_CODE).grant_types("refresh_token"),
    };
    let answer = unlogged(call.send()).await.map_err(|failure| Refused::of(ACTION, session, &failure))?;
    let broken = || broken(ACTION, session);
    let client_secret = taken(ACTION, session, "client secret", answer.client_secret)?;
    let client_id = answer.client_id.filter(|id| !id.is_empty() && !id.chars().any(char::is_control));
    let seconds = u64::try_from(answer.client_secret_expires_at).map_err(|_| broken())?;
    Ok(Registration {
        client_id: client_id.ok_or_else(broken)?,
        client_secret,
        expiration: UNIX_EPOCH.checked_add(Duration::from_secs(seconds)).ok_or_else(broken)?,
        purpose: purpose(flow),
    })
}

/// [StartDeviceAuthorization](https://docs.aws.amazon.com/singlesignon/latest/OIDCAPIReference/API_StartDeviceAuthorization.html).
pub(super) async fn start_device_authorization(
    sso: &Sso,
    session: &SessionId,
    registration: &Registration,
    start_url: &str,
    now: SystemTime,
) -> Result<DeviceAuthorization, Refused> {
    const ACTION: &str = "StartDeviceAuthorization";
    let call = sso
        .oidc(now)
        .start_device_authorization()
        .client_id(&registration.client_id)
        .client_secret(registration.client_secret.expose())
        .start_url(start_url);
    let answer = unlogged(call.send()).await.map_err(|failure| Refused::of(ACTION, session, &failure))?;
    let verification_url = answer.verification_uri_complete.or(answer.verification_uri);
    let seconds =
        |number: i32| u64::try_from(number).ok().filter(|number| *number > 0).map(Duration::from_secs);
    Ok(DeviceAuthorization {
        device_code: taken(ACTION, session, "device code", answer.device_code)?,
        user_code: answer.user_code.ok_or_else(|| broken(ACTION, session))?,
        verification_url: taken(ACTION, session, "verification URI", verification_url)?,
        lifetime: seconds(answer.expires_in).ok_or_else(|| broken(ACTION, session))?,
        interval: seconds(answer.interval).unwrap_or(USUAL_INTERVAL),
    })
}

pub(super) async fn redeem_device_code(
    sso: &Sso,
    session: &SessionId,
    registration: &Registration,
    device_code: &Secret,
    now: SystemTime,
) -> Result<Token, Refused> {
    let call = sso.oidc(now).create_token().grant_type(DEVICE_CODE).device_code(device_code.expose());
    create_token(session, call, registration, now).await
}

pub(super) async fn redeem_code(
    sso: &Sso,
    session: &SessionId,
    registration: &Registration,
    proof: &CodeProof<'_>,
    now: SystemTime,
) -> Result<Token, Refused> {
    let call = sso
        .oidc(now)
        .create_token()
        .grant_type("authorization_code")
        .code(proof.code.expose())
        .redirect_uri(proof.redirect_uri)
        .code_verifier(proof.code_verifier.expose());
    create_token(session, call, registration, now).await
}

pub(super) async fn refresh(
    sso: &Sso,
    session: &SessionId,
    registration: &Registration,
    refresh_token: &Secret,
    now: SystemTime,
) -> Result<Token, Refused> {
    let call = sso.oidc(now).create_token().grant_type("refresh_token").refresh_token(refresh_token.expose());
    create_token(session, call, registration, now).await
}

/// [CreateToken](https://docs.aws.amazon.com/singlesignon/latest/OIDCAPIReference/API_CreateToken.html).
async fn create_token(
    session: &SessionId,
    call: CreateTokenFluentBuilder,
    registration: &Registration,
    now: SystemTime,
) -> Result<Token, Refused> {
    const ACTION: &str = "CreateToken";
    let call = call.client_id(&registration.client_id).client_secret(registration.client_secret.expose());
    let answer = unlogged(call.send()).await.map_err(|failure| Refused::of(ACTION, session, &failure))?;
    let CreateTokenOutput { access_token, expires_in, refresh_token, .. } = answer;
    let access_token = taken(ACTION, session, "access token", access_token)?;
    let refresh_token = match refresh_token {
        Some(text) => Some(taken(ACTION, session, "refresh token", Some(text))?),
        None => None,
    };
    // Counted from before the call: it never seems to last longer than it does.
    let lifetime = u64::try_from(expires_in).ok().filter(|seconds| *seconds > 0);
    let lifetime = Duration::from_secs(lifetime.ok_or_else(|| broken(ACTION, session))?);
    let login = Login::new(access_token, now + lifetime)?;
    Ok(Token { login, obtained_at: now, refresh_token })
}

/// Moves a text of an answer into custody.
fn taken(action: &str, session: &SessionId, what: &str, text: Option<String>) -> Result<Secret, Error> {
    let text = Secret::new(text.ok_or_else(|| broken(action, session))?);
    credentials::one_line(what, &text).map_err(|source| broken(action, session).with_source(source))?;
    Ok(text)
}

fn broken(action: &str, session: &SessionId) -> Error {
    let message = format!("{action} for session `{session}` was answered without what it should give");
    Error::new(ErrorKind::Service, message)
}
