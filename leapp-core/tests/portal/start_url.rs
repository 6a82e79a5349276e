//! A company's own address of the portal, followed to AWS's.

use std::fmt;
use std::sync::{Arc, Mutex};

use aws_smithy_runtime_api::client::http::{
    HttpClient, HttpConnector, HttpConnectorFuture, HttpConnectorSettings, SharedHttpClient,
    SharedHttpConnector,
};
use aws_smithy_runtime_api::client::orchestrator::{HttpRequest, HttpResponse};
use aws_smithy_runtime_api::client::result::ConnectorError;
use aws_smithy_runtime_api::client::runtime_components::RuntimeComponents;
use aws_smithy_types::body::SdkBody;
use aws_types::SdkConfig;
use leapp_core::ErrorKind;
use leapp_core::aws::StartUrl;

const PORTAL: &str = "https://ssoins-1234567890abcdef.portal.eu-west-1.app.aws";

/// Hosts that answer as they are told: a method and an address, a status, and a location. Any other cannot be reached.
#[derive(Clone)]
struct Web {
    answers: Arc<Vec<(&'static str, u16, &'static str)>>,
    asked: Arc<Mutex<Vec<String>>>,
}

impl Web {
    fn new(answers: &[(&'static str, u16, &'static str)]) -> Self {
        Self { answers: Arc::new(answers.to_vec()), asked: Arc::default() }
    }

    async fn resolve(&self, text: &str) -> Result<String, leapp_core::Error> {
        let config = SdkConfig::builder().http_client(SharedHttpClient::new(self.clone())).build();
        StartUrl::parse(text).unwrap().resolve_with(&config).await.map(|url| url.as_str().to_owned())
    }

    fn asked(&self) -> Vec<String> {
        self.asked.lock().unwrap().clone()
    }
}

impl HttpClient for Web {
    fn http_connector(&self, _: &HttpConnectorSettings, _: &RuntimeComponents) -> SharedHttpConnector {
        SharedHttpConnector::new(self.clone())
    }
}

impl HttpConnector for Web {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        let line = format!("{} {}", request.method(), request.uri());
        self.asked.lock().unwrap().push(line.clone());
        let answer = self.answers.iter().find(|(asked, ..)| *asked == line).copied();
        HttpConnectorFuture::ready(match answer {
            Some((_, status, location)) => {
                let mut response = HttpResponse::new(status.try_into().unwrap(), SdkBody::empty());
                if !location.is_empty() {
                    response.headers_mut().insert("location", location);
                }
                Ok(response)
            }
            None => {
                Err(ConnectorError::io(std::io::Error::from(std::io::ErrorKind::ConnectionRefused).into()))
            }
        })
    }
}

impl fmt::Debug for Web {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Web")
    }
}

#[tokio::test]
async fn an_address_of_awss_is_left_as_it_is_without_a_call() {
    let web = Web::new(&[]);
    for text in [
        PORTAL,
        "https://d-1234567890.awsapps.com/start",
        "https://identitycenter.us-gov.amazonaws.com/ssoins-1",
    ] {
        assert_eq!(web.resolve(text).await.unwrap(), text);
    }
    assert!(web.asked().is_empty());
}

#[tokio::test]
async fn a_companys_address_leads_to_awss_and_names_its_region() {
    let web = Web::new(&[(
        "HEAD https://aws.example.com/",
        302,
        "https://ssoins-1234567890abcdef.portal.eu-west-1.app.aws/?x=1#/",
    )]);
    let resolved = web.resolve("https://aws.example.com").await.unwrap();
    assert_eq!(resolved, PORTAL);
    assert_eq!(StartUrl::parse(&resolved).unwrap().region().unwrap().as_str(), "eu-west-1");
    assert_eq!(web.asked(), ["HEAD https://aws.example.com/"]);
}

#[tokio::test]
async fn three_steps_are_followed_by_any_kind_of_redirect_and_a_fourth_is_not() {
    let mut answers = vec![
        ("HEAD https://aws.example.com/start?team=a", 301, "/portal"),
        ("HEAD https://aws.example.com/portal", 405, ""),
        ("GET https://aws.example.com/portal", 308, "//sso.example.com/"),
        ("HEAD https://sso.example.com/", 303, "https://d-1234567890.awsapps.com/start"),
    ];
    let web = Web::new(&answers);
    let resolved = web.resolve("https://aws.example.com/start?team=a").await.unwrap();
    assert_eq!(resolved, "https://d-1234567890.awsapps.com/start");
    answers.push(("HEAD https://old.example.com/", 307, "https://aws.example.com/start?team=a"));
    // What a redirect's address carries behind `?` is not asked for again.
    answers.push(("HEAD https://aws.example.com/start", 301, "/portal"));
    let error = Web::new(&answers).resolve("https://old.example.com/").await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::InvalidInput);
    assert!(error.to_string().contains("https://old.example.com"), "{error}");
}

#[tokio::test]
async fn whatever_leads_elsewhere_is_refused_by_name_and_not_gone_to() {
    for (status, location, kind, words) in [
        (302, "https://ssoins-1.portal.eu-west-1.app.aws.example.net", ErrorKind::Unreachable, "example.net"),
        (302, "http://ssoins-1.portal.eu-west-1.app.aws", ErrorKind::InvalidInput, "out of HTTPS"),
        (302, "ftp://x.awsapps.com", ErrorKind::InvalidInput, "out of HTTPS"),
        (302, "https://user@x.awsapps.com", ErrorKind::InvalidInput, "out of HTTPS"),
        (302, "start", ErrorKind::InvalidInput, "out of HTTPS"),
        (
            302,
            "https://b.example.com%2f.awsapps.com/x?secret=hunter2",
            ErrorKind::InvalidInput,
            "out of HTTPS",
        ),
        (302, "", ErrorKind::InvalidInput, "leads nowhere"),
        (200, "", ErrorKind::InvalidInput, "leads nowhere"),
        (404, "", ErrorKind::InvalidInput, "status 404"),
        (503, "", ErrorKind::Service, "status 503"),
        (302, "https://aws.example.com", ErrorKind::InvalidInput, "in 3 steps"),
    ] {
        let web = Web::new(&[("HEAD https://aws.example.com/", status, location)]);
        let error = web.resolve("https://aws.example.com").await.unwrap_err();
        let said = leapp_testkit::leak::text_of(&error);
        assert_eq!(error.kind(), kind, "{said}");
        assert!(said.contains("https://aws.example.com") && said.contains(words), "{words}: {said}");
        assert!(!said.contains("hunter2"), "{said}");
        assert!(web.asked().iter().all(|line| line.contains(" https://")), "{:?}", web.asked());
    }
}

#[tokio::test]
async fn a_host_that_cannot_be_reached_is_said_to_be() {
    let error = Web::new(&[]).resolve("https://aws.example.com").await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Unreachable, "{error:?}");
    assert!(error.is_retryable());
}
