//! Logins, and the tokens that descend from them. A login that is revoked takes all of its tokens with it.

use std::time::{Duration, SystemTime};

use leapp_core::Secret;

use super::digest::Digest;
use super::latest::Latest;
use super::oidc::refusal;
use super::rate::Bucket;
use super::words;
use crate::aws::refusal::Refusal;
use crate::aws::world::World;

/// What AWS gives a client that can renew its token.
const RENEWABLE: Duration = Duration::from_secs(3600);

/// One time that a person let a client in.
#[derive(Clone)]
pub(super) struct Login {
    pub(super) instance: usize,
    pub(super) user: String,
    client_id: String,
    can_refresh: bool,
    ends_at: SystemTime,
}

#[derive(Default)]
pub(super) struct Logins {
    count: u64,
    logins: Latest<u64, Login>,
    access_tokens: Latest<Digest, AccessToken>,
    refresh_tokens: Latest<Digest, RefreshToken>,
}

struct AccessToken {
    login: u64,
    expires_at: SystemTime,
    bucket: Bucket,
}

struct RefreshToken {
    login: u64,
    is_used: bool,
}

/// What `CreateToken` answers with.
pub(super) struct TokenSet {
    pub(super) access_token: Secret,
    pub(super) refresh_token: Option<Secret>,
    pub(super) expires_in: u64,
}

/// A person whom a client asks to let in.
pub(super) struct Entry<'a> {
    pub(super) instance: usize,
    pub(super) user: String,
    pub(super) client_id: &'a str,
    pub(super) can_refresh: bool,
}

/// Begins a login, and says its number.
pub(super) fn begin(world: &mut World, entry: Entry<'_>, now: SystemTime) -> (u64, TokenSet) {
    let Entry { instance, user, client_id, can_refresh } = entry;
    let center = &mut world.identity_center;
    let ends_at = now + center.instances[instance].spec.session_duration;
    let logins = &mut center.logins;
    let (number, client_id) = (logins.count, client_id.to_owned());
    logins.count += 1;
    let login = Login { instance, user, client_id, can_refresh, ends_at };
    logins.logins.insert(number, login.clone());
    (number, issue(world, number, &login, now))
}

/// Trades a refresh token for its one successor. One that comes a second time was stolen, from one side or the other:
/// the login ends.
pub(super) fn renew(
    world: &mut World,
    refresh_token: &str,
    client_id: &str,
    now: SystemTime,
) -> Result<TokenSet, Refusal> {
    let Logins { logins, refresh_tokens, .. } = &mut world.identity_center.logins;
    let token =
        refresh_tokens.find_mut(&Digest::of(refresh_token)).ok_or_else(refusal::invalid_refresh_token)?;
    let number = token.login;
    let login = logins.find(&number).filter(|login| login.client_id == client_id);
    let login = login.cloned().ok_or_else(refusal::invalid_refresh_token)?;
    if std::mem::replace(&mut token.is_used, true) {
        logins.remove(&number);
        return Err(refusal::invalid_refresh_token());
    }
    if now >= login.ends_at {
        return Err(refusal::invalid_refresh_token());
    }
    Ok(issue(world, number, &login, now))
}

/// Adds tokens to a login.
fn issue(world: &mut World, number: u64, login: &Login, now: SystemTime) -> TokenSet {
    let spec = &world.identity_center.instances[login.instance].spec;
    let usual = if login.can_refresh { RENEWABLE } else { spec.session_duration };
    let duration = spec.access_token_duration.unwrap_or(usual);
    let left = login.ends_at.duration_since(now).unwrap_or_default();
    let valid_for = if world.issues_expired { Duration::ZERO } else { duration.min(left) };

    let access_token = token(world, "aoaAAAAAG", 140);
    let refresh_token = login.can_refresh.then(|| token(world, "aorAAAAAG", 140));
    let logins = &mut world.identity_center.logins;
    let entry = AccessToken { login: number, expires_at: now + valid_for, bucket: Bucket::full() };
    logins.access_tokens.insert(Digest::of(access_token.expose()), entry);
    if let Some(refresh_token) = &refresh_token {
        let entry = RefreshToken { login: number, is_used: false };
        logins.refresh_tokens.insert(Digest::of(refresh_token.expose()), entry);
    }
    TokenSet { access_token, refresh_token, expires_in: valid_for.as_secs() }
}

/// AWS's are two parts, the second of which seals the first.
fn token(world: &mut World, prefix: &str, length: usize) -> Secret {
    let (value, seal) = (words::secret(&mut world.mint, length), words::secret(&mut world.mint, 128));
    Secret::new(format!("{prefix}{}:{}", value.expose(), seal.expose()))
}

impl Logins {
    /// The login that an access token stands for, while both are valid.
    pub(super) fn of_access_token(&self, access_token: &str, now: SystemTime) -> Option<&Login> {
        let token = self.access_tokens.find(&Digest::of(access_token))?;
        self.logins.find(&token.login).filter(|login| now < token.expires_at && now < login.ends_at)
    }

    /// Counts one use of an access token; false when there were too many.
    pub(super) fn is_within_rate(
        &mut self,
        access_token: &str,
        calls_per_second: u32,
        now: SystemTime,
    ) -> bool {
        let token = self.access_tokens.find_mut(&Digest::of(access_token));
        token.is_none_or(|token| token.bucket.take(calls_per_second, now))
    }

    /// Ends a login with all of its tokens.
    pub(super) fn end(&mut self, number: u64) {
        self.logins.remove(&number);
    }

    /// Ends the login that an access token belongs to.
    pub(super) fn end_of(&mut self, access_token: &str) {
        if let Some(token) = self.access_tokens.find(&Digest::of(access_token)) {
            self.end(token.login);
        }
    }
}
