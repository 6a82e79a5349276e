//! What a session's chain of sources comes to, before anything is called.

use std::fmt;
use std::time::Duration;

use super::graph;
use super::slot::Definition;
use crate::{Error, ErrorKind, Principal, SessionId, SessionKind};

/// What AWS leaves of any duration when a role's session assumes a role.
const ROLE_CHAINING_LIMIT: Duration = Duration::from_secs(3600);

/// How a session obtains credentials: each session of its chain, and what limits it.
///
/// It follows from definitions alone; nothing is called. Whether a role trusts whom it is assumed from, only AWS says.
/// Prints as one line for each session of the chain.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Plan {
    /// The sessions in the order in which they obtain credentials: the one without a source first, the session itself last.
    pub hops: Vec<Hop>,
}

/// One session of a [`Plan`].
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Hop {
    /// The session.
    pub session: SessionId,
    /// Its kind.
    pub kind: SessionKind,
    /// How long its sets are asked to last, where its definition says so.
    pub duration: Option<Duration>,
    /// What its source does to it, if anything.
    pub limit: Option<Limit>,
}

/// What a source does to the session that is obtained with its credentials.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Limit {
    /// The source is a federation token, which may assume no role.
    NoRole {
        /// The source.
        source: SessionId,
    },
    /// The source is itself a role's session: no set lasts longer than an hour, whatever the role allows.
    ///
    /// See [Role chaining](https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles.html#iam-term-role-chaining).
    OneHour {
        /// The source.
        source: SessionId,
        /// The way around it, if the chain has one.
        instead: Option<Detour>,
    },
}

/// A way to a role that is no role chaining. The role has to trust whoever takes it.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Detour {
    /// Obtain it as this session is obtained, the first role of the chain: with no other role's credentials.
    As(SessionId),
    /// Assume it straight from this session, a user's, further up the chain.
    From(SessionId),
}

impl Plan {
    /// The plan of one of these sessions.
    ///
    /// # Errors
    /// [`ErrorKind::NotFound`] when the session, or a source in its chain, is not among them; [`ErrorKind::InvalidInput`] when
    /// it would be its own source.
    pub fn of(session: &SessionId, definitions: &[Definition]) -> Result<Self, Error> {
        Self::trace(session, |name| definitions.iter().find(|known| known.session == *name))
    }

    pub(super) fn trace<'d>(
        session: &SessionId,
        find: impl Fn(&SessionId) -> Option<&'d Definition>,
    ) -> Result<Self, Error> {
        let mut chain: Vec<&Definition> = Vec::new();
        let mut next = Some(session);
        while let Some(name) = next {
            let Some(definition) = find(name) else {
                return Err(Error::new(ErrorKind::NotFound, format!("session `{name}` does not exist")));
            };
            if chain.iter().any(|known| known.session == *name) {
                let message = format!("session `{session}` would be its own source");
                return Err(Error::new(ErrorKind::InvalidInput, message));
            }
            chain.push(definition);
            next = definition.source.as_ref();
        }
        let hops = (0..chain.len()).rev().map(|at| Hop::new(chain[at], &chain[at + 1..]));
        Ok(Self { hops: hops.collect() })
    }

    /// What the service would refuse, when it is certain before any call: nobody need be asked for a code then.
    pub(super) fn check(&self) -> Result<(), Error> {
        let Some(hop) = self.hops.iter().find(|hop| hop.is_refused()) else { return Ok(()) };
        let chain: Vec<&SessionId> = self.hops.iter().rev().map(|hop| &hop.session).collect();
        let kind = match &hop.limit {
            Some(Limit::OneHour { .. }) => ErrorKind::RoleChainingLimit,
            _ => ErrorKind::InvalidInput,
        };
        Err(Error::new(kind, format!("{hop} (in {})", graph::chain(&chain))))
    }
}

impl Hop {
    /// A session, given its source, its source's source and so on.
    fn new(definition: &Definition, sources: &[&Definition]) -> Self {
        let Definition { session, kind, duration, .. } = definition;
        let limit = sources.first().and_then(|source| limit(kind.principal, source, sources));
        Self { session: session.clone(), kind: *kind, duration: *duration, limit }
    }

    /// True when the service would refuse what the definition asks for.
    pub fn is_refused(&self) -> bool {
        match &self.limit {
            None => false,
            Some(Limit::NoRole { .. }) => true,
            Some(Limit::OneHour { .. }) => {
                self.duration.is_some_and(|duration| duration > ROLE_CHAINING_LIMIT)
            }
        }
    }
}

fn limit(principal: Principal, source: &Definition, sources: &[&Definition]) -> Option<Limit> {
    match (principal, source.kind.principal) {
        (Principal::Role, Principal::FederatedUser) => Some(Limit::NoRole { source: source.session.clone() }),
        (Principal::Role, Principal::Role) => {
            Some(Limit::OneHour { source: source.session.clone(), instead: detour(sources) })
        }
        _ => None,
    }
}

/// Up the chain, past the roles, to whoever could assume a role without chaining.
fn detour(sources: &[&Definition]) -> Option<Detour> {
    let roles = sources.iter().take_while(|one| one.kind.principal == Principal::Role);
    match sources.get(roles.clone().count()).map(|one| (&one.session, one.kind.principal)) {
        Some((_, Principal::FederatedUser)) => None,
        Some((user, Principal::User)) => Some(Detour::From(user.clone())),
        _ => roles.last().map(|first| Detour::As(first.session.clone())),
    }
}

impl fmt::Display for Plan {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (at, hop) in self.hops.iter().enumerate() {
            write!(f, "{}{hop}", if at == 0 { "" } else { "\n" })?;
        }
        Ok(())
    }
}

impl fmt::Display for Hop {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { session, kind, duration, limit } = self;
        write!(f, "session `{session}` ({})", kind.name)?;
        if let Some(duration) = duration {
            write!(f, " asks for {} s", duration.as_secs())?;
        }
        match limit {
            None => Ok(()),
            Some(Limit::NoRole { source }) => {
                write!(f, ": its source `{source}` is a federation token, which may not assume a role")
            }
            Some(Limit::OneHour { source, instead }) => {
                let limit = ROLE_CHAINING_LIMIT.as_secs();
                write!(
                    f,
                    ": its source `{source}` is itself a role's session, and role chaining is limited to {limit} s"
                )?;
                match instead {
                    None => Ok(()),
                    Some(Detour::As(first)) => {
                        write!(f, "; obtain the role as `{first}` is, to have it for longer")
                    }
                    Some(Detour::From(user)) => {
                        write!(f, "; assume the role straight from `{user}`, to have it for longer")
                    }
                }
            }
        }
    }
}
