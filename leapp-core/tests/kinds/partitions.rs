//! Nothing crosses partitions: what is in another one than the service is refused before anybody is asked or called.

use leapp_core::aws::{
    AssumeRole, AssumeRoleWithSaml, AssumeRoleWithWebIdentity, GetSessionToken, WebIdentityToken,
};
use leapp_core::{
    AccessKeyId, Clock, Error, ErrorKind, IssueRequest, Principal, RoleArn, SamlProviderArn, Secret,
    SerialNumber, SessionCredentials, SessionProvider, Source,
};

use crate::scene::{HOUR, Scene, id};

#[tokio::test]
async fn a_role_of_another_partition_is_refused_by_every_kind_before_any_call() {
    let scene = Scene::new().await;
    let sts = || scene.sts();
    let there = RoleArn::parse("arn:aws-cn:iam::111122223333:role/Deploy").unwrap();
    let provider_there =
        SamlProviderArn::parse("arn:aws-us-gov:iam::111122223333:saml-provider/Corp").unwrap();
    let device_there = SerialNumber::parse("arn:aws-cn:iam::111122223333:mfa/alice").unwrap();
    let token = WebIdentityToken::parse(&Secret::new("made-up.token.value")).unwrap();
    let providers: [(&str, Box<dyn SessionProvider>); 5] = [
        ("aws-cn", Box::new(AssumeRole::new(sts(), id("alice"), there.clone()))),
        ("aws-cn", Box::new(AssumeRoleWithWebIdentity::new(sts(), there.clone(), token))),
        ("aws-cn", Box::new(AssumeRoleWithSaml::new(sts(), "https://idp.example.com").with_role(there))),
        (
            "aws-us-gov",
            Box::new(
                AssumeRoleWithSaml::new(sts(), "https://idp.example.com").with_principal(provider_there),
            ),
        ),
        ("aws-cn", Box::new(GetSessionToken::new(sts()).with_mfa(device_there))),
    ];
    for (partition, provider) in &providers {
        let error = refused(&scene, &**provider).await;
        assert_eq!(error.kind(), ErrorKind::WrongPartition, "{error:?}");
        let said = error.to_string();
        assert!(said.contains(partition) && said.contains("eu-west-1"), "{said}");
        assert!(!error.is_retryable());
    }
    assert!(scene.aws.requests().is_empty());
}

/// A partition that is newer than this library's table may be anywhere: AWS decides.
#[tokio::test]
async fn a_partition_that_nobody_knows_is_left_to_the_service() {
    let scene = Scene::new().await;
    let there = RoleArn::parse("arn:aws-moon:iam::111122223333:role/Deploy").unwrap();
    let error = refused(&scene, &AssumeRole::new(scene.sts(), id("alice"), there)).await;
    assert_ne!(error.kind(), ErrorKind::WrongPartition, "{error:?}");
    assert_eq!(scene.aws.requests().len(), 1);
}

async fn refused(scene: &Scene, provider: &dyn SessionProvider) -> Error {
    let key = AccessKeyId::parse("ASIAIOSFODNN7EXAMPLE").unwrap();
    let set =
        SessionCredentials::new(key, Secret::new("secret"), Secret::new("token"), scene.clock.now() + HOUR);
    let (session, source) = (id("alice"), Source::new(set.unwrap(), Principal::User));
    let request = IssueRequest::new(&session, scene.clock.now(), &*scene.vault).with_source(Some(&source));
    provider.issue(&request).await.unwrap_err()
}
