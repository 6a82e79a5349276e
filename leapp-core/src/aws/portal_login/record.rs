//! What the vault keeps of a login at a portal: one item, written whole, so that a token never stands beside another's.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use crate::record::{corrupt, fields, join};
use crate::{Error, Login, Secret};

const HEADER: &str = "leapp portal login 1";

/// A login is renewed, or asked for anew, this long before it ends, or a sixth of its life before, whichever is shorter:
/// the engine asks no earlier.
const MARGIN: Duration = Duration::from_secs(15 * 60);
/// A login that ends sooner obtains nothing any more.
const AT_LEAST: Duration = Duration::from_secs(60);

/// A portal's item.
#[derive(Clone, Debug)]
pub(super) struct Stored {
    pub(super) start_url: String,
    pub(super) region: String,
    pub(super) registration: Option<Registration>,
    pub(super) token: Option<Token>,
}

/// A client that SSO-OIDC knows.
#[derive(Clone, Debug)]
pub(super) struct Registration {
    pub(super) client_id: String,
    pub(super) client_secret: Secret,
    pub(super) expiration: SystemTime,
    /// What it registered for: its way to a token, and its scopes.
    pub(super) purpose: String,
}

/// A token, and what renews it.
#[derive(Clone, Debug)]
pub(super) struct Token {
    pub(super) login: Login,
    pub(super) obtained_at: SystemTime,
    pub(super) refresh_token: Option<Secret>,
}

impl Stored {
    /// The login, while it lasts for long enough and is not the one that the service no longer accepts.
    pub(super) fn fresh(&self, now: SystemTime, rejected: Option<&Login>) -> Option<&Login> {
        let token = self.token.as_ref().filter(|token| !token.is_due(now))?;
        let is_rejected = rejected.is_some_and(|rejected| rejected.is_same(&token.login));
        (!is_rejected).then_some(&token.login)
    }

    /// What a renewal needs, if it is all there.
    pub(super) fn renewable(&self, now: SystemTime) -> Option<(&Registration, &Secret)> {
        let registration = self.registration.as_ref().filter(|registration| registration.lasts(now))?;
        Some((registration, self.token.as_ref()?.refresh_token.as_ref()?))
    }

    pub(super) fn to_record(&self) -> Secret {
        let Self { start_url, region, registration, token } = self;
        let registration = registration.as_ref();
        let token = token.as_ref();
        let refresh_token = token.and_then(|token| token.refresh_token.as_ref());
        join(&[
            HEADER,
            start_url,
            region,
            registration.map_or("", |registration| &registration.client_id),
            registration.map_or("", |registration| registration.client_secret.expose()),
            &registration.map(|registration| seconds(registration.expiration)).unwrap_or_default(),
            registration.map_or("", |registration| &registration.purpose),
            token.map_or("", |token| token.login.access_token().expose()),
            &token.map(|token| seconds(token.login.expiration())).unwrap_or_default(),
            &token.map(|token| seconds(token.obtained_at)).unwrap_or_default(),
            refresh_token.map_or("", Secret::expose),
        ])
    }

    pub(super) fn from_record(record: &Secret) -> Result<Self, Error> {
        let [
            start_url,
            region,
            client_id,
            client_secret,
            client_expiration,
            purpose,
            access_token,
            expiration,
            obtained_at,
            refresh_token,
        ] = fields(record, HEADER)?;
        let registration = match client_id {
            "" => None,
            client_id => Some(Registration {
                client_id: client_id.to_owned(),
                client_secret: Secret::new(client_secret),
                expiration: time(client_expiration)?,
                purpose: purpose.to_owned(),
            }),
        };
        let token = match access_token {
            "" => None,
            access_token => Some(Token {
                login: Login::new(Secret::new(access_token), time(expiration)?).map_err(corrupt)?,
                obtained_at: time(obtained_at)?,
                refresh_token: (!refresh_token.is_empty()).then(|| Secret::new(refresh_token)),
            }),
        };
        Ok(Self { start_url: start_url.to_owned(), region: region.to_owned(), registration, token })
    }
}

impl Registration {
    /// A registration that ends while a person logs in would be of no use.
    pub(super) fn lasts(&self, now: SystemTime) -> bool {
        self.expiration.duration_since(now).is_ok_and(|left| left >= MARGIN)
    }
}

impl Token {
    /// True when it is to be replaced.
    fn is_due(&self, now: SystemTime) -> bool {
        let life = self.login.expiration().duration_since(self.obtained_at).unwrap_or_default();
        let margin = (life / 6).min(MARGIN).max(AT_LEAST);
        !self.login.expiration().duration_since(now).is_ok_and(|left| left > margin)
    }
}

fn seconds(time: SystemTime) -> String {
    time.duration_since(UNIX_EPOCH).unwrap_or_default().as_secs().to_string()
}

fn time(text: &str) -> Result<SystemTime, Error> {
    let seconds = text.parse().map(Duration::from_secs).map_err(corrupt)?;
    UNIX_EPOCH.checked_add(seconds).ok_or_else(|| corrupt(std::fmt::Error))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ErrorKind;

    fn at(seconds: u64) -> SystemTime {
        UNIX_EPOCH + Duration::from_secs(1_900_000_000 + seconds)
    }

    fn token(life: u64) -> Token {
        let login = Login::new(Secret::new("hunter2-access"), at(life)).unwrap();
        Token { login, obtained_at: at(0), refresh_token: Some(Secret::new("hunter2-refresh")) }
    }

    fn stored(life: u64) -> Stored {
        let registration = Registration {
            client_id: "client".into(),
            client_secret: Secret::new("hunter2-client"),
            expiration: at(90 * 86_400),
            purpose: "device sso:account:access".into(),
        };
        Stored {
            start_url: "https://d-1234567890.awsapps.com/start".into(),
            region: "eu-west-1".into(),
            registration: Some(registration),
            token: Some(token(life)),
        }
    }

    #[test]
    fn what_was_stored_is_read_back() {
        let whole = stored(3600);
        for stored in [
            Stored { token: None, ..whole.clone() },
            Stored { registration: None, ..whole.clone() },
            Stored { token: Some(Token { refresh_token: None, ..token(3600) }), ..whole.clone() },
            whole,
        ] {
            let read = Stored::from_record(&stored.to_record()).unwrap();
            assert_eq!(read.to_record().expose(), stored.to_record().expose());
        }
    }

    #[test]
    fn another_text_is_corrupt_and_not_repeated() {
        let whole = stored(3600).to_record();
        let cut = whole.expose().strip_suffix("\nhunter2-refresh\n").unwrap();
        for text in ["", "hunter2-hunter2", cut, &whole.expose().replace("190000", "x")] {
            let error = Stored::from_record(&Secret::new(text)).unwrap_err();
            assert_eq!(error.kind(), ErrorKind::Corrupt, "{text:?}");
            assert!(!format!("{error:?}").contains("hunter2"), "{error:?}");
        }
    }

    #[test]
    fn a_login_is_due_a_quarter_of_an_hour_before_it_ends_or_a_sixth_of_its_life() {
        for (life, margin) in [(8 * 3600, 900), (3600, 600), (900, 150), (240, 60)] {
            let stored = stored(life);
            assert!(stored.fresh(at(life - margin - 1), None).is_some(), "{life}");
            assert!(stored.fresh(at(life - margin), None).is_none(), "{life}");
        }
    }

    #[test]
    fn nothing_secret_is_shown() {
        let shown = format!("{:?}", stored(3600));
        assert!(!shown.contains("hunter2"), "{shown}");
    }
}
