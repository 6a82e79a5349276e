//! Requests that are as long as they may be: what a refusal repeats of one has a bound.

use std::sync::Arc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use aws_credential_types::Credentials;
use aws_sigv4::http_request::{SignableBody, SignableRequest, SigningSettings, sign};
use aws_sigv4::sign::v4;
use http::{Method, Request, Response, Uri};
use hyper::body::Bytes;
use leapp_core::{AccessKey, AccountId, Region, Secret};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use proptest::prelude::*;
use serde_json::{Value, json};

use super::fault::Delivery;
use super::{FakeAws, IdentityCenterSpec, RoleSpec, SamlAssertionSpec};
use crate::clock::ManualClock;

const MOST_ANSWERED_BYTES: usize = 64 << 10;
/// Longer than an answer may be, as it is; several times as long when it is escaped.
const MOST_BYTES: usize = 80_000;
const START_URL: &str = "https://d-1234567890.awsapps.com/start";
const REDIRECT: &str = "http://127.0.0.1/cb";

/// A world with one of each.
struct World {
    aws: FakeAws,
    key: AccessKey,
    client_id: String,
    user_code: String,
}

impl World {
    fn new() -> Self {
        let aws = FakeAws::new(Arc::new(ManualClock::new(now())));
        let account = AccountId::parse("111122223333").unwrap();
        let key = aws.add_access_key(&aws.add_user(&account, "alice"));
        aws.add_role(RoleSpec::new(&account, "Deploy"));
        let corp = aws.add_saml_provider(&account, "Corp");
        corp.add_user("alice", Secret::new("password"), SamlAssertionSpec::new("alice"));
        aws.add_identity_center(IdentityCenterSpec::new(START_URL, &Region::parse("eu-west-1").unwrap()));
        let registration = json!({
            "clientName": "tool", "clientType": "public", "issuerUrl": START_URL, "redirectUris": [REDIRECT],
        });
        let client = document(&aws, "/client/register", &registration);
        let device = json!({
            "clientId": client["clientId"], "clientSecret": client["clientSecret"], "startUrl": START_URL,
        });
        let device = document(&aws, "/device_authorization", &device);
        let [client_id, user_code] = [&client["clientId"], &device["userCode"]].map(text);
        Self { aws, key, client_id, user_code }
    }
}

fn now() -> SystemTime {
    UNIX_EPOCH + Duration::from_secs(1_700_000_000)
}

fn text(value: &Value) -> String {
    value.as_str().unwrap().to_owned()
}

fn document(aws: &FakeAws, path: &str, body: &Value) -> Value {
    let response = answer(aws, &request(Method::POST, path, body.to_string()).unwrap());
    serde_json::from_slice(response.body()).unwrap()
}

fn answer(aws: &FakeAws, request: &Request<Bytes>) -> Response<Bytes> {
    match aws.handle(request) {
        Delivery::Answer { response, .. } => response,
        other => panic!("{other:?}"),
    }
}

/// None for an address that is longer than an address can be.
fn request(method: Method, address: &str, body: String) -> Option<Request<Bytes>> {
    let uri = format!("https://sts.us-east-1.amazonaws.com{address}").parse::<Uri>().ok()?;
    Some(Request::builder().method(method).uri(uri).body(Bytes::from(body)).unwrap())
}

fn signed(mut request: Request<Bytes>, key: &AccessKey) -> Request<Bytes> {
    let (id, secret) = (key.access_key_id().as_str(), key.secret_access_key().expose());
    let identity = Credentials::new(id, secret, None, None, "test").into();
    let parameters = v4::SigningParams::builder().identity(&identity).region("us-east-1").name("sts");
    let parameters = parameters.time(now()).settings(SigningSettings::default()).build().unwrap().into();
    let body = SignableBody::Bytes(request.body());
    let (method, uri) = (request.method().as_str(), request.uri().to_string());
    let signable = SignableRequest::new(method, uri, std::iter::empty(), body).unwrap();
    sign(signable, &parameters).unwrap().into_parts().0.apply_to_request_http1x(&mut request);
    request
}

/// A long text: in markup each of these characters is longer than it is here, or has several bytes.
fn any_long_text() -> impl Strategy<Value = String> {
    let character =
        prop::sample::select(&["a", "&", "<", "\"", "'", "\r", "\u{1}", "\u{e9}", "\u{ffff}", " "][..]);
    (character, prop_oneof![0..200_usize, 3_000..20_000_usize, 70_000..MOST_BYTES])
        .prop_map(|(character, length)| character.repeat(length / character.len()))
}

/// Parameters of STS, one of them long or all of them broken.
fn any_form() -> impl Strategy<Value = String> {
    let action = "AssumeRole|AssumeRoleWithSAML|AssumeRoleWithWebIdentity|GetAccessKeyInfo|GetCallerIdentity|\
                  GetFederationToken|GetSessionToken|GetRoles";
    let name = "RoleArn|RoleSessionName|DurationSeconds|SerialNumber|TokenCode|Policy|ExternalId|SourceIdentity|\
                PrincipalArn|SAMLAssertion|WebIdentityToken|ProviderId|AccessKeyId|Name|Version|Action|\
                PolicyArns\\.member\\.1\\.arn|Tags\\.member\\.1\\.Key|TransitiveTagKeys\\.member\\.1";
    let members = prop_oneof![Just(0), 1..60_usize, 2_000..4_000_usize];
    (action, name, any_long_text(), members).prop_map(|(action, name, value, members)| {
        let first = if name == "Action" { String::new() } else { format!("Action={action}&") };
        let version = if name == "Version" { "" } else { "Version=2011-06-15&" };
        let arn = "RoleArn=arn:aws:iam::111122223333:role/Deploy&RoleSessionName=session";
        let tags: String = (0..members).map(|member| format!("&Tags.member.{member}.Key=%3C%26")).collect();
        format!("{first}{version}{name}={}&{arn}{tags}", encoded(&value))
    })
}

fn encoded(text: &str) -> String {
    utf8_percent_encode(text, NON_ALPHANUMERIC).to_string()
}

/// Requests to pages and to the other services that have a long text in one place.
fn others(world: &World, long: &str) -> Vec<Request<Bytes>> {
    let (value, World { client_id, user_code, .. }) = (encoded(long), world);
    let authorize = format!(
        "/authorize?response_type=code&client_id={client_id}&redirect_uri={}&code_challenge_method=S256",
        encoded(REDIRECT)
    );
    let login = "user=alice&password=wrong";
    let posts = [
        (format!("/device?user_code={user_code}{value}"), login.to_owned()),
        (format!("/device?user_code={user_code}"), format!("user={value}&password={value}")),
        (format!("{authorize}&state={value}"), login.to_owned()),
        (format!("{authorize}&code_challenge={value}"), login.to_owned()),
        (format!("/authorize?client_id={value}"), login.to_owned()),
        ("/idp/Corp".to_owned(), format!("username=alice&password=wrong&RelayState={value}")),
        (format!("/idp/Corp?RelayState={value}"), "username=alice&password=wrong".to_owned()),
        (format!("/idp/{value}"), login.to_owned()),
        ("/saml".to_owned(), format!("SAMLResponse={value}&RelayState={value}")),
        (format!("/federation?Action={value}"), format!("Action={value}")),
        ("/federation".to_owned(), format!("Action=login&Destination={value}&SigninToken={value}")),
        ("/client/register".to_owned(), json!({ "clientName": long, "clientType": long }).to_string()),
        ("/device_authorization".to_owned(), json!({ "clientId": long, "startUrl": long }).to_string()),
        ("/token".to_owned(), json!({ "grantType": long, "clientId": long, "code": long }).to_string()),
        (format!("/assignment/roles?account_id={value}&next_token={value}"), String::new()),
        (format!("/oidc-provider/{value}/.well-known/jwks"), String::new()),
        ("/oidc-token".to_owned(), format!("provider={value}&audience={value}&subject={value}")),
    ];
    let methods = [Method::POST, Method::GET];
    let requests = posts.iter().flat_map(|(address, body)| {
        methods.clone().into_iter().filter_map(|method| request(method, address, body.clone()))
    });
    requests.collect()
}

fn is_bounded(response: &Response<Bytes>) -> bool {
    let is_refused = response.status().is_client_error() || response.status().is_server_error();
    let headers = response.headers().iter().map(|(name, value)| name.as_str().len() + value.len());
    !is_refused || response.body().len() + headers.sum::<usize>() <= MOST_ANSWERED_BYTES
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(24) })]

    #[test]
    fn a_refusal_of_sts_is_short_however_long_the_request(form in any_form(), is_in_address in any::<bool>()) {
        let World { aws, key, .. } = World::new();
        let (address, body) =
            if is_in_address { (format!("/?{form}"), String::new()) } else { ("/".to_owned(), form) };
        if let Some(request) = request(Method::POST, &address, body) {
            for request in [signed(request.clone(), &key), request] {
                let response = answer(&aws, &request);
                prop_assert!(is_bounded(&response), "{} bytes", response.body().len());
            }
        }
    }

    #[test]
    fn a_refusal_of_a_signature_is_short_however_long_the_header(long in "[ -~]", times in 1_000..MOST_BYTES) {
        let World { aws, key, .. } = World::new();
        let long = long.repeat(times);
        let id = key.access_key_id().as_str();
        for (credential, date) in [
            (format!("{id}/{long}/us-east-1/sts/aws4_request"), long.clone()),
            (format!("{id}/20231114/us-east-1/sts/aws4_request"), format!("20231114{long}")),
            (format!("{id}/20231114/us-east-1/{long}/aws4_request"), "20231114T221320Z".to_owned()),
            (long.clone(), long.clone()),
        ] {
            let header =
                format!("AWS4-HMAC-SHA256 Credential={credential}, SignedHeaders=host;x-amz-date, Signature=00");
            for name in ["x-amz-date", "date"] {
                let body = "Action=GetCallerIdentity&Version=2011-06-15".to_owned();
                let mut request = request(Method::POST, "/", body).unwrap();
                request.headers_mut().insert("authorization", header.parse().unwrap());
                request.headers_mut().insert(name, date.parse().unwrap());
                let response = answer(&aws, &request);
                prop_assert!(response.status().is_client_error() && is_bounded(&response));
            }
        }
    }

    #[test]
    fn a_refusal_of_the_other_services_is_short_however_long_the_request(long in any_long_text()) {
        let world = World::new();
        for request in others(&world, &long) {
            let response = answer(&world.aws, &request);
            let (path, length) = (request.uri().path().get(..20), response.body().len());
            prop_assert!(is_bounded(&response), "{path:?}: {length} bytes");
        }
    }
}
