//! What is granted, and what comes with it.

use aws_types::SdkConfig;
use leapp_core::aws::{AssumeRoleWithSaml, Sts};
use leapp_core::{Question, SourceIdentity};
use leapp_testkit::aws::{Partition, SamlSigning};

use crate::scene::{LOGIN_URL, Scene, is_login, question, set};

#[tokio::test]
async fn a_login_becomes_credentials_in_every_partition() {
    for (partition, region, global) in [
        (Partition::Aws, "eu-west-1", "https://signin.aws.amazon.com/saml"),
        (Partition::China, "cn-north-1", "https://signin.amazonaws.cn/saml"),
        (Partition::UsGov, "us-gov-west-1", "https://signin.amazonaws-us-gov.com/saml"),
        (Partition::EuropeanSovereign, "eusc-de-east-1", "https://signin.amazonaws-eusc.eu/saml"),
    ] {
        let scene = Scene::of(partition, region);
        // The partition is the role's where there is one, else the Region's.
        for provider in [scene.provider(), scene.provider().with_role(scene.dev.clone())] {
            let asked = question(scene.issue(&provider, None).await);
            let Question::SamlAssertion { login_url, sign_in_urls } = &asked else { panic!("{asked:?}") };
            assert_eq!(login_url, LOGIN_URL);
            let regional = global.replacen("https://", &format!("https://{region}."), 1);
            assert_eq!(sign_in_urls, &[global.to_owned(), regional]);
            let set = set(scene.redeem(&provider, &scene.one_role()).await);
            assert_eq!(scene.life(&set), 3600);
            let arn = set.metadata().arn.clone().unwrap();
            assert_eq!(
                arn,
                format!("arn:{}:sts::111122223333:assumed-role/Dev/alice", scene.dev.partition())
            );
        }
        assert_eq!(scene.calls(), 2);
    }
}

/// An identity provider may post to another Region's page than the one whose STS is called.
#[tokio::test]
async fn a_sign_in_page_can_be_added() {
    let scene = Scene::new();
    let elsewhere = "https://us-east-2.signin.aws.amazon.com/saml";
    let asked = question(scene.issue(&scene.provider().with_sign_in_url(elsewhere), None).await);
    let Question::SamlAssertion { sign_in_urls, .. } = asked else { panic!("{asked:?}") };
    assert_eq!(sign_in_urls.len(), 3);
    assert_eq!(sign_in_urls[2], elsewhere);
}

#[tokio::test]
async fn role_and_provider_stand_in_either_order() {
    let scene = Scene::new();
    let (role, principal) = (&scene.dev, scene.corp.arn());
    for value in
        [format!("{role},{principal}"), format!("{principal},{role}"), format!(" {principal} ,\n{role} ")]
    {
        let spec = leapp_testkit::aws::SamlAssertionSpec::new("alice").with_role_value(&value);
        set(scene.redeem(&scene.provider(), &spec).await);
    }
}

#[tokio::test]
async fn whatever_is_signed_is_taken() {
    let scene = Scene::new();
    for signing in [SamlSigning::Assertion, SamlSigning::Response, SamlSigning::Both] {
        set(scene.redeem(&scene.provider(), &scene.one_role().with_signing(signing)).await);
    }
}

#[tokio::test]
async fn what_the_service_says_besides_comes_with_the_set() {
    let scene = Scene::new();
    let spec = scene.one_role().with_source_identity("alice").with_principal_tag("Team", "Blue");
    let set = set(scene.redeem(&scene.provider(), &spec).await);
    let metadata = set.metadata();
    assert_eq!(metadata.arn.as_deref(), Some("arn:aws:sts::111122223333:assumed-role/Dev/alice"));
    assert!(metadata.id.as_deref().unwrap().ends_with(":alice"), "{metadata:?}");
    assert_eq!(metadata.audience.as_deref(), Some("https://signin.aws.amazon.com/saml"));
    assert_eq!(metadata.issuer.as_deref(), Some(scene.corp.entity_id()));
    assert_eq!(metadata.subject.as_deref(), Some("alice"));
    assert_eq!(metadata.subject_type.as_deref(), Some("persistent"));
    // BASE64 of a SHA-1.
    assert_eq!(metadata.name_qualifier.as_deref().unwrap().len(), 28);
    assert_eq!(metadata.source_identity, SourceIdentity::parse("alice").ok());
    assert!(metadata.packed_policy_size.is_some_and(|percent| percent > 0));
    assert_eq!((metadata.reduced_from, metadata.is_chained), (None, false));
}

/// The response speaks for the person, and nobody's key for anybody.
#[tokio::test]
async fn nothing_signs_the_call_even_where_the_host_has_credentials() {
    let scene = Scene::new();
    let hosts_own =
        aws_credential_types::Credentials::new("AKIAIOSFODNN7EXAMPLE", "secret", None, None, "host");
    let config = SdkConfig::builder()
        .region(aws_types::region::Region::new(scene.region))
        .http_client(scene.aws.http_client())
        .credentials_provider(aws_credential_types::provider::SharedCredentialsProvider::new(hosts_own));
    let provider = AssumeRoleWithSaml::new(Sts::from_sdk_config(&config.build()).unwrap(), LOGIN_URL);
    set(scene.redeem(&provider, &scene.one_role()).await);
    let requests = scene.aws.requests();
    let checks = requests[0].checks();
    assert!(!checks.contains(&"signature") && !checks.contains(&"access key"), "{checks:?}");
    assert!(checks.contains(&"SAML signature"), "{checks:?}");
}

#[tokio::test]
async fn policies_narrow_the_session() {
    let scene = Scene::new();
    let provider = scene.provider().with_policy(r#"{"Version":"2012-10-17","Statement":[]}"#).unwrap();
    let set = set(scene.redeem(&provider, &scene.one_role()).await);
    assert!(set.metadata().packed_policy_size.is_some_and(|percent| percent > 0));
    assert!(scene.provider().with_policy("").is_err());
    assert!(scene.provider().with_policy(" ".repeat(2049)).is_err());
    assert!(scene.provider().with_policy(" ".repeat(2048)).is_ok());
    let arn = leapp_core::PolicyArn::parse("arn:aws:iam::aws:policy/ReadOnlyAccess").unwrap();
    assert!(scene.provider().with_policy_arns(vec![arn.clone(); 10]).is_ok());
    assert!(scene.provider().with_policy_arns(vec![arn; 11]).is_err());
}

/// Each set costs a login, and none outlives the memory it is in.
#[tokio::test]
async fn without_an_answer_it_asks_and_nothing_is_kept() {
    use leapp_core::{IssueRequest, SessionProvider};
    let scene = Scene::new();
    let provider = scene.provider();
    assert!(is_login(&question(scene.issue(&provider, None).await)));
    set(scene.redeem(&provider, &scene.one_role()).await);
    assert!(is_login(&question(scene.issue(&provider, None).await)));
    let request = IssueRequest::new(&scene.session, scene.now(), &*scene.vault);
    assert!(provider.cache_key(&request).await.unwrap().is_none());
    assert_eq!(provider.kind().refresh, leapp_core::Refresh::Reuse);
}
