//! `GetSessionToken`: an IAM user's access key into temporary credentials (Leapp's "IAM User").

use std::time::Duration;

use async_trait::async_trait;

use super::duration::SessionDuration;
use super::mfa::Mfa;
use super::sts::{Signer, Sts, unlogged};
use super::{access_key, answers, refusal};
use crate::{
    CacheKey, Error, IssueMetadata, IssueRequest, Issued, Principal, Refresh, SerialNumber, SessionKind,
    SessionProvider,
};

const ACTION: &str = "GetSessionToken";
const MOST: Duration = Duration::from_secs(36 * 3600);

/// Temporary credentials of an IAM user whose access key is in the vault, under the session's name.
///
/// They last 10 hours unless [another duration](Self::with_duration) is set, are kept in the vault, and are reused until
/// shortly before they expire. Another access key or another device gets new ones.
///
/// Without MFA they cannot call IAM, and of STS only AssumeRole and GetCallerIdentity:
/// [GetSessionToken](https://docs.aws.amazon.com/STS/latest/APIReference/API_GetSessionToken.html).
///
/// ```no_run
/// use leapp_core::aws::{GetSessionToken, Sts};
/// use leapp_core::{Region, SerialNumber, Session, SessionId};
///
/// # fn example() -> Result<Session, leapp_core::Error> {
/// let sts = Sts::new(Region::parse("eu-west-1")?);
/// let device = SerialNumber::parse("arn:aws:iam::111122223333:mfa/alice")?;
/// # Ok(
/// Session::new(SessionId::parse("alice")?, GetSessionToken::new(sts).with_mfa(device))
/// # )
/// # }
/// ```
#[derive(Clone, Debug)]
pub struct GetSessionToken {
    sts: Sts,
    duration: SessionDuration,
    serial_numbers: Vec<SerialNumber>,
}

impl GetSessionToken {
    /// Credentials for 10 hours, without MFA.
    pub fn new(sts: Sts) -> Self {
        Self { sts, duration: SessionDuration::hours(10), serial_numbers: Vec::new() }
    }

    /// Asks for a code of this MFA device.
    #[must_use]
    pub fn with_mfa(self, serial_number: SerialNumber) -> Self {
        self.with_mfa_devices(vec![serial_number])
    }

    /// Asks for a code of one of these MFA devices, the first by preference.
    #[must_use]
    pub fn with_mfa_devices(self, serial_numbers: Vec<SerialNumber>) -> Self {
        Self { serial_numbers, ..self }
    }

    /// Asks for this duration: 900 seconds to 36 hours. The service gives the root user 1 hour at most, and does not say so;
    /// [`IssueMetadata::reduced_from`] does.
    ///
    /// # Errors
    /// [`ErrorKind::InvalidInput`](crate::ErrorKind::InvalidInput) when it is out of these bounds.
    pub fn with_duration(self, duration: Duration) -> Result<Self, Error> {
        Ok(Self { duration: SessionDuration::parse(ACTION, duration, MOST)?, ..self })
    }
}

#[async_trait]
impl SessionProvider for GetSessionToken {
    fn kind(&self) -> SessionKind {
        SessionKind::new("IAM User", Principal::User, Refresh::Reuse)
    }

    fn duration(&self) -> Option<Duration> {
        Some(self.duration.length())
    }

    async fn cache_key(&self, request: &IssueRequest<'_>) -> Result<Option<CacheKey>, Error> {
        let Self { sts, duration, serial_numbers } = self;
        let key = access_key::of(request).await?;
        let [region, endpoint_url, variant] = sts.place();
        // No device's name holds a space.
        let devices = serial_numbers.iter().map(SerialNumber::as_str).collect::<Vec<_>>().join(" ");
        let seconds = duration.seconds().to_string();
        let inputs =
            [ACTION, region, endpoint_url, variant, key.access_key_id().as_str(), &devices, &seconds];
        Ok(Some(CacheKey::of(inputs)))
    }

    async fn issue(&self, request: &IssueRequest<'_>) -> Result<Issued, Error> {
        let key = access_key::of(request).await?;
        let call = self.sts.client(Signer::AccessKey(&key), request.now).get_session_token();
        let call = call.duration_seconds(self.duration.seconds());
        let call = match Mfa::of(&self.serial_numbers, &self.sts, request)? {
            Mfa::Ask(challenge) => return Ok(Issued::Challenge(challenge)),
            Mfa::None => call,
            Mfa::Show { serial_number, token_code } => {
                call.serial_number(serial_number.as_str()).token_code(token_code)
            }
        };
        let answer = unlogged(call.send())
            .await
            .map_err(|failure| refusal::error(ACTION, request.session, &failure))?;
        let set = answers::credentials(ACTION, request.session, answer.credentials)?;
        let reduced_from = self.duration.reduced(set.remaining_at(request.now));
        Ok(Issued::Credentials(set.with_metadata(IssueMetadata { reduced_from, ..IssueMetadata::default() })))
    }
}
