//! The `Authorization` header: what it must say, and about which service, Region and day.

use http::header::AUTHORIZATION;
use hyper::body::Bytes;
use leapp_core::Region;

use crate::aws::refusal::Refusal;

pub(super) const SECURITY_TOKEN: &str = "x-amz-security-token";
pub(super) const AMZ_DATE: &str = "x-amz-date";
const ALGORITHM: &str = "AWS4-HMAC-SHA256";

/// A well-formed header; nothing in it is believed yet.
pub(super) struct Authorization<'a> {
    pub(super) access_key_id: &'a str,
    pub(super) region: &'a str,
    pub(super) service: &'a str,
    pub(super) signed_headers: &'a str,
    pub(super) signature: &'a str,
    pub(super) amz_date: &'a str,
    date: &'a str,
    terminator: &'a str,
}

/// The key id that a request names, for the record.
pub(in crate::aws) fn claimed_key_id(request: &http::Request<Bytes>) -> Option<&str> {
    let header = request.headers().get(AUTHORIZATION)?.to_str().ok()?;
    header.split_once("Credential=")?.1.split('/').next()
}

pub(super) fn malformed_date() -> Refusal {
    Refusal::incomplete_signature("Date must be in ISO-8601 'basic format'.")
}

impl<'a> Authorization<'a> {
    pub(super) fn parse(request: &'a http::Request<Bytes>) -> Result<Self, Refusal> {
        let header =
            request.headers().get(AUTHORIZATION).ok_or_else(Refusal::missing_authentication_token)?;
        let header = header.to_str().map_err(|_| Refusal::missing_authentication_token())?;
        let Some((ALGORITHM, parameters)) = header.split_once(' ') else {
            return Err(Refusal::incomplete_signature("Unsupported AWS 'algorithm'."));
        };
        let credential = parameter(parameters, "Credential")?;
        let [access_key_id, date, region, service, terminator] = scope(credential)?;
        let amz_date = request.headers().get(AMZ_DATE).and_then(|value| value.to_str().ok());
        Ok(Self {
            access_key_id,
            region,
            service,
            signed_headers: parameter(parameters, "SignedHeaders")?,
            signature: parameter(parameters, "Signature")?,
            amz_date: amz_date.ok_or_else(|| {
                let message =
                    "Authorization header requires existence of either a 'X-Amz-Date' or a 'Date' header.";
                Refusal::incomplete_signature(message)
            })?,
            date,
            terminator,
        })
    }

    /// AWS has words of its own for an unsigned host.
    pub(super) fn check_host_is_signed(&self) -> Result<(), Refusal> {
        if self.signed_headers.split(';').any(|name| name == "host") {
            return Ok(());
        }
        let message = "'Host' or ':authority' must be a 'SignedHeader' in the AWS Authorization.";
        Err(Refusal::signature_does_not_match(message))
    }

    pub(super) fn check_scope(&self, request: &http::Request<Bytes>) -> Result<(), Refusal> {
        let refuse = |message: String| Err(Refusal::signature_does_not_match(message));
        if self.terminator != "aws4_request" {
            return refuse("Credential should be scoped with a valid terminator: 'aws4_request'. ".into());
        }
        if self.service != "sts" {
            return refuse("Credential should be scoped to correct service: 'sts'. ".into());
        }
        let is_region = match region_of(&host(request)) {
            Some(region) => self.region == region,
            None => Region::parse(self.region).is_ok(),
        };
        if !is_region {
            return refuse("Credential should be scoped to a valid region. ".into());
        }
        let day = self.amz_date.get(..8).ok_or_else(malformed_date)?;
        if self.date != day {
            let (date, time) = (self.date, self.amz_date);
            return refuse(format!(
                "Date in Credential scope does not match YYYYMMDD from ISO-8601 version of date from HTTP: \
                 '{date}' != '{day}', from '{time}'."
            ));
        }
        Ok(())
    }
}

/// The host that was asked for: the header's on a connection, the address's inside the process.
pub(super) fn host(request: &http::Request<Bytes>) -> String {
    let header = request.headers().get(http::header::HOST).and_then(|host| host.to_str().ok());
    header.or_else(|| request.uri().host()).unwrap_or_default().to_owned()
}

/// The Region whose endpoint a host is; none for a host that is not AWS's, such as loopback.
fn region_of(host: &str) -> Option<&str> {
    let name = host.split(':').next().unwrap_or_default();
    let name = name.strip_suffix(".cn").unwrap_or(name);
    let labels: Vec<&str> = name.split('.').collect();
    match labels[..] {
        ["sts", "amazonaws", "com"] => Some("us-east-1"),
        ["sts" | "sts-fips", region, "amazonaws", "com"]
        | ["sts" | "sts-fips", region, "api", "aws"]
        | ["sts", region, "api", "amazonwebservices", "com"] => Some(region),
        _ => None,
    }
}

fn parameter<'a>(parameters: &'a str, name: &str) -> Result<&'a str, Refusal> {
    let found = parameters.split(',').find_map(|one| one.trim().strip_prefix(name)?.strip_prefix('='));
    found.ok_or_else(|| {
        Refusal::incomplete_signature(format!("Authorization header requires '{name}' parameter."))
    })
}

fn scope(credential: &str) -> Result<[&str; 5], Refusal> {
    let parts: Vec<&str> = credential.split('/').collect();
    parts.try_into().map_err(|_| {
        let message = "Credential must have exactly 5 slash-delimited elements, e.g. \
                       keyid/date/region/service/term.";
        Refusal::incomplete_signature(message)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_endpoint_names_its_region() {
        for (host, region) in [
            ("sts.eu-west-1.amazonaws.com", Some("eu-west-1")),
            ("sts.eu-west-1.amazonaws.com:443", Some("eu-west-1")),
            ("sts-fips.us-east-2.amazonaws.com", Some("us-east-2")),
            ("sts.cn-north-1.amazonaws.com.cn", Some("cn-north-1")),
            ("sts.eu-west-1.api.aws", Some("eu-west-1")),
            ("sts.amazonaws.com", Some("us-east-1")),
            ("127.0.0.1:4711", None),
        ] {
            assert_eq!(region_of(host), region, "{host}");
        }
    }
}
