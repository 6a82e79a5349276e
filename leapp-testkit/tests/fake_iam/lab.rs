//! A world with one user, and a client of IAM's Query protocol.

use std::ops::Deref;

use aws_sdk_sts::config::Credentials;
use aws_sigv4::http_request::{SignableBody, SignableRequest, SigningSettings, sign};
use aws_sigv4::sign::v4;
use aws_smithy_runtime::client::orchestrator::operation::Operation;
use aws_smithy_runtime_api::client::orchestrator::{HttpRequest, HttpResponse, OrchestratorError};
use aws_smithy_runtime_api::client::result::SdkError;
use aws_smithy_types::body::SdkBody;
use leapp_core::{AccessKey, AccountId};
use leapp_testkit::aws::UserArn;

use crate::fronts::Fronts;

pub(crate) struct Lab {
    fronts: Fronts,
    pub(crate) account: AccountId,
    pub(crate) alice: UserArn,
    pub(crate) key: AccessKey,
}

/// A request, and how it is signed.
#[derive(Clone)]
pub(crate) struct Ask {
    pub(crate) parameters: Vec<(&'static str, String)>,
    pub(crate) region: &'static str,
    pub(crate) service: &'static str,
    pub(crate) host: &'static str,
    /// What becomes of it after it is signed.
    pub(crate) change: fn(&mut HttpRequest),
}

/// What came back.
#[derive(Debug)]
pub(crate) struct Reply {
    pub(crate) status: u16,
    pub(crate) body: String,
}

impl Ask {
    pub(crate) fn new(action: &'static str) -> Self {
        let parameters = vec![("Action", action.to_owned()), ("Version", "2010-05-08".to_owned())];
        Self { parameters, region: "us-east-1", service: "iam", host: "iam.amazonaws.com", change: |_| () }
    }

    pub(crate) fn with(mut self, name: &'static str, value: &str) -> Self {
        self.parameters.push((name, value.to_owned()));
        self
    }
}

impl Lab {
    pub(crate) fn in_process() -> Self {
        Self::over(Fronts::new())
    }

    pub(crate) async fn on_loopback() -> Self {
        let mut lab = Self::in_process();
        lab.fronts.listen().await;
        lab
    }

    pub(crate) fn over(fronts: Fronts) -> Self {
        let account = AccountId::parse("111122223333").unwrap();
        let alice = fronts.aws.add_user(&account, "alice");
        let key = fronts.aws.add_access_key(&alice);
        Self { fronts, account, alice, key }
    }

    /// What alice gets for it, signed with her first key.
    pub(crate) async fn ask(&self, ask: Ask) -> Reply {
        self.ask_as(long_lived(&self.key), ask).await
    }

    /// What somebody gets for it; a status of zero when there was no answer.
    pub(crate) async fn ask_as(&self, credentials: Credentials, ask: Ask) -> Reply {
        let endpoint = self.endpoint_url().unwrap_or_else(|| format!("https://{}", ask.host));
        let request = self.signed(&endpoint, credentials, &ask);
        let operation = Operation::builder()
            .service_name("iam")
            .operation_name("test")
            .http_client(self.http_client())
            .endpoint_url(&endpoint)
            .no_auth()
            .no_retry()
            .serializer(move |request: HttpRequest| Ok(request))
            .deserializer(|response: &HttpResponse| {
                let body = String::from_utf8_lossy(response.body().bytes().unwrap_or_default()).into_owned();
                Ok::<_, OrchestratorError<std::fmt::Error>>(Reply {
                    status: response.status().as_u16(),
                    body,
                })
            })
            .build();
        match operation.invoke(request).await {
            Ok(reply) => reply,
            Err(SdkError::DispatchFailure(_)) => Reply { status: 0, body: String::new() },
            Err(error) => panic!("{error:?}"),
        }
    }

    fn signed(&self, endpoint: &str, credentials: Credentials, ask: &Ask) -> HttpRequest {
        let mut form = form_urlencoded::Serializer::new(String::new());
        form.extend_pairs(&ask.parameters);
        let (form, identity) = (form.finish(), credentials.into());
        let parameters = v4::SigningParams::builder()
            .identity(&identity)
            .region(ask.region)
            .name(ask.service)
            .time(self.now())
            .settings(SigningSettings::default())
            .build()
            .unwrap()
            .into();
        let content_type = ("content-type", "application/x-www-form-urlencoded");
        let url = format!("{endpoint}/");
        let body = SignableBody::Bytes(form.as_bytes());
        let signable = SignableRequest::new("POST", url.clone(), [content_type].into_iter(), body).unwrap();
        let (instructions, _) = sign(signable, &parameters).unwrap().into_parts();
        let mut request = http::Request::post(url).header(content_type.0, content_type.1);
        for (name, value) in instructions.headers() {
            request = request.header(name, value);
        }
        let mut request = HttpRequest::try_from(request.body(SdkBody::from(form)).unwrap()).unwrap();
        (ask.change)(&mut request);
        request
    }

    /// A client of STS.
    pub(crate) fn sts(&self, credentials: Credentials) -> aws_sdk_sts::Client {
        aws_sdk_sts::Client::from_conf(self.sts_config().credentials_provider(credentials).build())
    }

    pub(crate) async fn is_known_to_sts(&self, credentials: Credentials) -> bool {
        self.sts(credentials).get_caller_identity().send().await.is_ok()
    }

    /// A new key of alice's.
    pub(crate) async fn created(&self) -> Credentials {
        let reply = self.ask(Ask::new("CreateAccessKey")).await;
        assert_eq!(reply.status, 200, "{reply:?}");
        Credentials::new(reply.text("AccessKeyId"), reply.text("SecretAccessKey"), None, None, "test")
    }
}

impl Deref for Lab {
    type Target = Fronts;

    fn deref(&self) -> &Fronts {
        &self.fronts
    }
}

impl Reply {
    /// The texts of all elements of a name.
    pub(crate) fn texts(&self, name: &str) -> Vec<String> {
        let document = roxmltree::Document::parse(&self.body).unwrap();
        let named = document.descendants().filter(|node| node.tag_name().name() == name);
        named.map(|node| node.text().unwrap_or_default().to_owned()).collect()
    }

    pub(crate) fn text(&self, name: &str) -> String {
        self.texts(name).pop().unwrap()
    }

    /// Fails unless IAM answered with this refusal; the words only have to be in the message.
    #[track_caller]
    pub(crate) fn assert_refused(&self, code: &str, status: u16, words: &str) {
        assert_eq!(self.status, status, "{self:?}");
        assert_eq!(self.text("Code"), code, "{self:?}");
        assert!(self.text("Message").contains(words), "{self:?}, not {words:?}");
    }
}

pub(crate) fn long_lived(key: &AccessKey) -> Credentials {
    Credentials::new(key.access_key_id().as_str(), key.secret_access_key().expose(), None, None, "test")
}

pub(crate) fn temporary(set: Option<&aws_sdk_sts::types::Credentials>) -> Credentials {
    let set = set.unwrap();
    let token = Some(set.session_token.clone());
    Credentials::new(&set.access_key_id, &set.secret_access_key, token, None, "test")
}
