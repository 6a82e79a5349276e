//! What an authorization must say, and about which service, Region and day; as a header.

use std::borrow::Cow;

use http::header::{AUTHORIZATION, DATE};

use super::presigned;
use super::signing_name::SigningName;
use crate::aws::incoming::Incoming;
use crate::aws::refusal::Refusal;
use crate::aws::timestamp::{amz_date, parse_amz_date, parse_http_date};

pub(super) const SECURITY_TOKEN: &str = "x-amz-security-token";
pub(super) const AMZ_DATE: &str = "x-amz-date";
const ALGORITHM: &str = "AWS4-HMAC-SHA256";

/// A well-formed header; nothing in it is believed yet.
#[derive(Debug)]
pub(super) struct Authorization<'a> {
    pub(super) access_key_id: &'a str,
    pub(super) region: &'a str,
    pub(super) service: &'a str,
    pub(super) signed_headers: &'a str,
    pub(super) signature: &'a str,
    /// As it is signed, whichever header it came in.
    pub(super) amz_date: Cow<'a, str>,
    pub(super) session_token: Option<&'a str>,
    pub(super) date: &'a str,
    pub(super) terminator: &'a str,
    pub(super) place: Place,
}

/// Where the authorization stands.
#[derive(Clone, Copy, Debug)]
pub(super) enum Place {
    Header,
    Query,
}

/// The key id that a request names, for the record.
pub(in crate::aws) fn claimed_key_id<'a>(incoming: &'a Incoming<'_>) -> Option<&'a str> {
    let credential = match incoming.header(AUTHORIZATION.as_str()) {
        Some(header) => header.split_once("Credential=")?.1,
        None => incoming.query().value("X-Amz-Credential")?,
    };
    credential.split('/').next()
}

pub(super) fn malformed_date() -> Refusal {
    Refusal::incomplete_signature("Date must be in ISO-8601 'basic format'.")
}

impl<'a> Authorization<'a> {
    /// The authorization of a request: in its header or in its query, never in both.
    pub(super) fn of(incoming: &'a Incoming<'_>) -> Result<Self, Refusal> {
        let in_header = incoming.request.headers().get(AUTHORIZATION);
        let in_query = presigned::parse(incoming.query());
        match (in_header, in_query) {
            (Some(_), Some(_)) => {
                let message = "Authorization must be in the header or in the query, not in both.";
                Err(Refusal::incomplete_signature(message))
            }
            (Some(header), None) => {
                let header = header.to_str().map_err(|_| Refusal::missing_authentication_token())?;
                Self::parse(incoming, header)
            }
            (None, Some(authorization)) => authorization,
            (None, None) => Err(Refusal::missing_authentication_token()),
        }
    }

    fn parse(incoming: &'a Incoming<'_>, header: &'a str) -> Result<Self, Refusal> {
        let Some((ALGORITHM, parameters)) = header.split_once(' ') else {
            return Err(Refusal::incomplete_signature("Unsupported AWS 'algorithm'."));
        };
        let credential = parameter(parameters, "Credential")?;
        let [access_key_id, date, region, service, terminator] = scope_fields(credential)?;
        Ok(Self {
            access_key_id,
            region,
            service,
            signed_headers: parameter(parameters, "SignedHeaders")?,
            signature: parameter(parameters, "Signature")?,
            amz_date: date_of(incoming)?,
            session_token: incoming.header(SECURITY_TOKEN),
            date,
            terminator,
            place: Place::Header,
        })
    }

    /// Day, Region, service and terminator, as they are signed.
    pub(super) fn scope(&self) -> String {
        let Self { date, region, service, terminator, .. } = self;
        format!("{date}/{region}/{service}/{terminator}")
    }

    /// AWS has words of its own for an unsigned host.
    pub(super) fn check_host_is_signed(&self) -> Result<(), Refusal> {
        if self.signed_headers.split(';').any(|name| name == "host") {
            return Ok(());
        }
        let message = "'Host' or ':authority' must be a 'SignedHeader' in the AWS Authorization.";
        Err(Refusal::signature_does_not_match(message))
    }

    pub(super) fn check_scope(&self, incoming: &Incoming<'_>, name: SigningName) -> Result<(), Refusal> {
        let refuse = |message: String| Err(Refusal::signature_does_not_match(message));
        if self.terminator != "aws4_request" {
            return refuse("Credential should be scoped with a valid terminator: 'aws4_request'. ".into());
        }
        if self.service != name.as_str() {
            return refuse(format!("Credential should be scoped to correct service: '{name}'. "));
        }
        if !name.is_region(self.region, incoming.host()) {
            return refuse("Credential should be scoped to a valid region. ".into());
        }
        let day = self.amz_date.get(..8).ok_or_else(malformed_date)?;
        if self.date != day {
            let (date, time) = (self.date, &self.amz_date);
            return refuse(format!(
                "Date in Credential scope does not match YYYYMMDD from ISO-8601 version of date from HTTP: \
                 '{date}' != '{day}', from '{time}'."
            ));
        }
        Ok(())
    }
}

/// The time of a signed header: `X-Amz-Date`, or else `Date`, in either format. What is signed is the basic one.
///
/// [Elements of a request signature](https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-signing-elements.html).
fn date_of<'a>(incoming: &'a Incoming<'_>) -> Result<Cow<'a, str>, Refusal> {
    if let Some(date) = incoming.header(AMZ_DATE) {
        return Ok(date.into());
    }
    let date = incoming.header(DATE.as_str()).ok_or_else(|| {
        let message = "Authorization header requires existence of either a 'X-Amz-Date' or a 'Date' header.";
        Refusal::incomplete_signature(message)
    })?;
    match (parse_amz_date(date), parse_http_date(date)) {
        (Some(_), _) => Ok(date.into()),
        (None, Some(time)) => Ok(amz_date(time).into()),
        (None, None) => Err(malformed_date()),
    }
}

fn parameter<'a>(parameters: &'a str, name: &str) -> Result<&'a str, Refusal> {
    let found = parameters.split(',').find_map(|one| one.trim().strip_prefix(name)?.strip_prefix('='));
    found.ok_or_else(|| {
        Refusal::incomplete_signature(format!("Authorization header requires '{name}' parameter."))
    })
}

pub(super) fn scope_fields(credential: &str) -> Result<[&str; 5], Refusal> {
    let parts: Vec<&str> = credential.split('/').collect();
    parts.try_into().map_err(|_| {
        let message = "Credential must have exactly 5 slash-delimited elements, e.g. \
                       keyid/date/region/service/term.";
        Refusal::incomplete_signature(message)
    })
}
