//! What a file of the token cache holds: JSON, with names and times as the AWS CLI writes them.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::time::{Duration, SystemTime};

use aws_smithy_types::DateTime;
use aws_smithy_types::date_time::Format;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use zeroize::Zeroizing;

use super::super::StartUrl;
use super::super::record::{Registration, Stored, Token};
use crate::{Error, ErrorKind, Login, Secret, credentials};

/// What a client registered for that another program registered: no login begins with it here.
pub(super) const PURPOSE: &str = "token cache";
/// IAM Identity Center allows sessions of ninety days at most.
const LONGEST_LOGIN: Duration = Duration::from_secs(91 * 86_400);
/// A registration lasts ninety days; one that says much more cannot be written back.
const LONGEST_REGISTRATION: Duration = Duration::from_secs(366 * 86_400);

const USUAL_LIFE: Duration = Duration::from_secs(3600);

/// Names as in botocore and every SDK. What is not known here is kept.
#[derive(Deserialize, Serialize)]
#[serde(rename_all = "camelCase")]
struct Entry<'a> {
    #[serde(borrow, default)]
    start_url: Cow<'a, str>,
    #[serde(borrow, default)]
    region: Cow<'a, str>,
    #[serde(borrow)]
    access_token: Cow<'a, str>,
    #[serde(borrow)]
    expires_at: Cow<'a, str>,
    #[serde(borrow, default, skip_serializing_if = "Option::is_none")]
    client_id: Option<Cow<'a, str>>,
    #[serde(borrow, default, skip_serializing_if = "Option::is_none")]
    client_secret: Option<Cow<'a, str>>,
    #[serde(borrow, default, skip_serializing_if = "Option::is_none")]
    registration_expires_at: Option<Cow<'a, str>>,
    #[serde(borrow, default, skip_serializing_if = "Option::is_none")]
    refresh_token: Option<Cow<'a, str>>,
    #[serde(flatten)]
    others: BTreeMap<String, Value>,
}

/// Reads a file's content; none when it is no login but something else of the cache, such as a client's registration.
///
/// When it was obtained is not in there: it counts as what lives an hour, as those do that can be renewed.
pub(super) fn read(content: &[u8], now: SystemTime) -> Result<Option<Stored>, Error> {
    let entry: Entry<'_> = match serde_json::from_slice(content) {
        Ok(entry) => entry,
        Err(error) if error.is_data() => return Ok(None),
        Err(error) => {
            // Its line and column; not its text, which holds the token.
            let place = format!("at line {} column {}", error.line(), error.column());
            return Err(Error::new(ErrorKind::Corrupt, format!("it is not JSON {place}")));
        }
    };
    let corrupt = |what: &str| Error::new(ErrorKind::Corrupt, format!("it holds {what}"));
    let expiration = time(&entry.expires_at).ok_or_else(|| corrupt("no expiresAt that is a time"))?;
    let login = Login::new(Secret::new(entry.access_token), expiration)
        .map_err(|source| corrupt("no accessToken that can be one").with_source(source))?;
    let start_url = StartUrl::parse(&entry.start_url).map_err(|_| corrupt("no startUrl that is one"))?;
    if expiration > now + LONGEST_LOGIN {
        return Err(corrupt("an expiresAt that is further off than any login lasts"));
    }
    let registered_until = entry.registration_expires_at.as_deref().and_then(time);
    let registered_until = registered_until.filter(|until| *until < now + LONGEST_REGISTRATION);
    let registration = match (entry.client_id, entry.client_secret, registered_until) {
        (Some(client_id), Some(client_secret), Some(expiration)) => {
            let client_id = one_line("clientId", Secret::new(client_id))?.expose().to_owned();
            let client_secret = one_line("clientSecret", Secret::new(client_secret))?;
            Some(Registration { client_id, client_secret, expiration, purpose: PURPOSE.to_owned() })
        }
        _ => None,
    };
    let obtained_at = expiration.checked_sub(USUAL_LIFE).map_or(now, |at| at.min(now));
    let refresh_token = entry.refresh_token.filter(|token| !token.is_empty()).map(Secret::new);
    let refresh_token = refresh_token.map(|token| one_line("refreshToken", token)).transpose()?;
    Ok(Some(Stored {
        start_url: start_url.as_str().to_owned(),
        region: entry.region.into_owned(),
        registration,
        token: Some(Token { login, obtained_at, refresh_token }),
    }))
}

/// What a file is to hold: the login, and what was there that is not known here.
pub(super) fn write(stored: &Stored, before: &[u8]) -> Result<Zeroizing<Vec<u8>>, Error> {
    let refuse = |what: &str| Error::new(ErrorKind::InvalidInput, format!("the login has {what}"));
    let Stored { start_url, region, registration, token } = stored;
    let token = token.as_ref().ok_or_else(|| refuse("no token"))?;
    let Token { login, obtained_at: _, refresh_token } = token;
    let text = |time| text(time).ok_or_else(|| refuse("a time that cannot be written"));
    let others = serde_json::from_slice::<Entry<'_>>(before).map(|entry| entry.others).unwrap_or_default();
    let entry = Entry {
        start_url: start_url.into(),
        region: region.into(),
        access_token: login.access_token().expose().into(),
        expires_at: text(login.expiration())?.into(),
        client_id: registration.as_ref().map(|registration| Cow::from(&registration.client_id)),
        client_secret: registration.as_ref().map(|registration| registration.client_secret.expose().into()),
        registration_expires_at: match registration {
            Some(registration) => Some(text(registration.expiration)?.into()),
            None => None,
        },
        refresh_token: refresh_token.as_ref().map(|token| token.expose().into()),
        others,
    };
    let failed = |_| refuse("what cannot be written");
    let mut size = Counter(0);
    serde_json::to_writer(&mut size, &entry).map_err(failed)?;
    // At full size at once, no half-grown copy is left behind.
    let mut content = Zeroizing::new(Vec::with_capacity(size.0));
    serde_json::to_writer(&mut *content, &entry).map_err(failed)?;
    Ok(content)
}

/// The record in the vault has a line for each.
fn one_line(name: &str, text: Secret) -> Result<Secret, Error> {
    credentials::one_line(name, &text).map_err(|source| {
        Error::new(ErrorKind::Corrupt, format!("it holds no {name} that can be one")).with_source(source)
    })?;
    Ok(text)
}

/// Counts what is written.
struct Counter(usize);

impl std::io::Write for Counter {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0 += bytes.len();
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

/// Old versions of the AWS CLI wrote `UTC` in the place of `Z`.
fn time(text: &str) -> Option<SystemTime> {
    let text = text.strip_suffix("UTC").map(|text| format!("{text}Z")).unwrap_or_else(|| text.to_owned());
    let time = DateTime::from_str(&text, Format::DateTimeWithOffset).ok()?;
    let seconds = u64::try_from(time.secs()).ok()?;
    SystemTime::UNIX_EPOCH.checked_add(Duration::from_secs(seconds))
}

/// To the second, as botocore reads it.
fn text(time: SystemTime) -> Option<String> {
    let seconds = time.duration_since(SystemTime::UNIX_EPOCH).ok()?.as_secs();
    DateTime::from_secs(seconds.try_into().ok()?).fmt(Format::DateTime).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn now() -> SystemTime {
        SystemTime::UNIX_EPOCH + Duration::from_secs(1_799_990_000)
    }

    const WHOLE: &str = r#"{"startUrl": "https://d-1234567890.awsapps.com/start#/", "region": "eu-west-1",
        "accessToken": "hunter2-access", "expiresAt": "2027-01-15T08:00:00Z", "clientId": "client",
        "clientSecret": "hunter2-client", "registrationExpiresAt": "2027-04-15T08:00:00.500Z",
        "refreshToken": "hunter2-refresh", "aFutureField": {"a": [1, 2]}}"#;

    #[test]
    fn what_the_cli_writes_is_read_and_written_back_with_what_is_not_known() {
        let stored = read(WHOLE.as_bytes(), now()).unwrap().unwrap();
        assert_eq!(stored.start_url, "https://d-1234567890.awsapps.com/start");
        let written = write(&stored, WHOLE.as_bytes()).unwrap();
        let value: Value = serde_json::from_slice(&written).unwrap();
        let mut expected: Value = serde_json::from_str(WHOLE).unwrap();
        expected["startUrl"] = "https://d-1234567890.awsapps.com/start".into();
        expected["registrationExpiresAt"] = "2027-04-15T08:00:00Z".into();
        assert_eq!(value, expected);
    }

    #[test]
    fn a_login_without_a_way_to_renew_it_is_a_login() {
        let legacy = r#"{"startUrl":"https://d-1234567890.awsapps.com/start","region":"eu-west-1",
            "accessToken":"hunter2-access","expiresAt":"2027-01-15T08:00:00UTC"}"#;
        let stored = read(legacy.as_bytes(), now()).unwrap().unwrap();
        assert!(stored.registration.is_none() && stored.renewable(now()).is_none());
        let written = write(&stored, b"").unwrap();
        assert!(!String::from_utf8(written.to_vec()).unwrap().contains("null"));
    }

    #[test]
    fn what_is_no_login_is_told_from_what_is_damaged() {
        let registration = r#"{"clientId":"c","clientSecret":"s","expiresAt":"2027-01-15T08:00:00Z"}"#;
        assert!(read(registration.as_bytes(), now()).unwrap().is_none());
        assert!(read(b"[]", now()).unwrap().is_none());
        for damaged in [
            &WHOLE[..40],
            "",
            "hunter2",
            &WHOLE.replace("2027-01-15T08:00:00Z", "hunter2"),
            &WHOLE.replace("hunter2-access", ""),
            &WHOLE.replace("hunter2-access", "hunter2\\n"),
            &WHOLE.replace("https://", "hunter2://"),
            &WHOLE.replace("2027-01-15T08:00:00Z", "9999-12-31T23:59:59Z"),
            &WHOLE.replace("hunter2-refresh", "hunter2\\nhunter2"),
            &WHOLE.replace("hunter2-client", "hunter2\\u0000"),
            &WHOLE.replace("\"client\"", "\"cli\\nent\""),
        ] {
            let error = read(damaged.as_bytes(), now()).unwrap_err();
            assert_eq!(error.kind(), ErrorKind::Corrupt, "{damaged}");
            assert!(!format!("{error:?}").contains("hunter2"), "{error:?}");
        }
    }
}
