//! The token cache of the AWS CLI: what it holds is found, and what is put there is for the others to renew.

use std::path::Path;
use std::time::{Duration, SystemTime};

use aws_smithy_types::DateTime;
use aws_smithy_types::date_time::Format;
use leapp_core::aws::LoginFlow::DeviceCode;
use leapp_core::aws::{PortalLogin, SsoTokenCache};
use leapp_core::{Clock, Issued, Login, Vault};
use leapp_testkit::aws::Fault;
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::scene::{HOUR, MINUTE, OTHER_START_URL, START_URL, Scene, id, place};

/// Another program of the same person: it has a client of its own, and renews as it finds what it needs in the file.
struct Others {
    home: TempDir,
}

impl Others {
    fn new() -> Self {
        Self { home: tempfile::tempdir().unwrap() }
    }

    fn cache(&self) -> SsoTokenCache {
        SsoTokenCache::of_session(self.home.path().join("sso/cache"), "my-sso")
    }

    fn file(&self) -> Value {
        serde_json::from_slice(&std::fs::read(self.cache().path()).unwrap()).unwrap()
    }

    fn write(&self, content: &[u8]) {
        let cache = self.cache();
        std::fs::create_dir_all(cache.path().parent().unwrap()).unwrap();
        #[expect(clippy::disallowed_methods, reason = "others write in place")]
        std::fs::write(cache.path(), content).unwrap();
    }

    /// `aws sso login`.
    async fn log_in(&self, scene: &Scene) {
        let elsewhere = Scene { vault: Default::default(), ..scene.clone() };
        let portal = scene.portal().with_token_cache(self.cache().with_writing());
        elsewhere.log_in(&portal, DeviceCode).await.unwrap();
    }

    /// Renews as botocore does.
    async fn renew(&self, scene: &Scene) {
        let file = self.file();
        let text = |name: &str| file[name].as_str().unwrap().to_owned();
        let config = aws_types::SdkConfig::builder()
            .region(aws_types::region::Region::from_static("eu-west-1"))
            .http_client(scene.aws.http_client())
            .behavior_version(aws_sdk_ssooidc::config::BehaviorVersion::latest())
            .build();
        let answer = aws_sdk_ssooidc::Client::new(&config)
            .create_token()
            .grant_type("refresh_token")
            .client_id(text("clientId"))
            .client_secret(text("clientSecret"))
            .refresh_token(text("refreshToken"))
            .send()
            .await
            .unwrap();
        let expires_at = scene.clock.now() + Duration::from_secs(answer.expires_in.try_into().unwrap());
        let mut renewed = file.clone();
        renewed["accessToken"] = answer.access_token.into();
        renewed["expiresAt"] = written(expires_at).into();
        renewed["refreshToken"] = answer.refresh_token.into();
        self.write(renewed.to_string().as_bytes());
    }
}

fn written(time: SystemTime) -> String {
    DateTime::from(time).fmt(Format::DateTime).unwrap()
}

fn shared(scene: &Scene, cache: SsoTokenCache) -> PortalLogin {
    scene.portal().with_token_cache(cache)
}

#[track_caller]
fn login(issued: Issued) -> Login {
    match issued {
        Issued::Login(login) => login,
        Issued::Reused(grant) => grant.login().unwrap().clone(),
        other => panic!("no login: {other:?}"),
    }
}

#[tokio::test]
async fn a_login_made_with_the_aws_cli_is_found() {
    let (scene, others) = (Scene::new(), Others::new());
    others.log_in(&scene).await;
    let portal = shared(&scene, others.cache());
    let found = login(scene.attempt(&portal, None).await.unwrap());
    assert_eq!(found.access_token().expose(), others.file()["accessToken"].as_str().unwrap());
    assert_eq!((scene.pages_shown(), scene.calls("CreateToken")), (1, 1));
}

/// A refresh token is good for once: renewing with theirs would end their login.
#[tokio::test]
async fn what_is_only_read_is_not_renewed_and_left_as_it_is() {
    let (scene, others) = (Scene::new(), Others::new());
    others.log_in(&scene).await;
    let before = std::fs::read(others.cache().path()).unwrap();
    let portal = shared(&scene, others.cache());
    scene.attempt(&portal, None).await.unwrap();
    scene.clock.advance(55 * MINUTE);
    assert!(matches!(scene.attempt(&portal, None).await.unwrap(), Issued::Challenge(_)));
    assert_eq!(scene.calls("CreateToken"), 1);
    // They renew it themselves, and it is found again.
    others.renew(&scene).await;
    let found = login(scene.attempt(&portal, None).await.unwrap());
    assert_eq!(found.access_token().expose(), others.file()["accessToken"].as_str().unwrap());
    assert_ne!(before, std::fs::read(others.cache().path()).unwrap());
    assert!(!scene.record().await.unwrap().contains(others.file()["refreshToken"].as_str().unwrap()));
}

#[tokio::test]
async fn a_login_that_can_be_renewed_is_not_given_up_for_one_that_cannot() {
    let (scene, others) = (Scene::new(), Others::new());
    let portal = shared(&scene, others.cache());
    let first = scene.log_in(&portal, DeviceCode).await.unwrap();
    scene.clock.advance(2 * MINUTE);
    others.log_in(&scene).await;
    assert!(login(scene.attempt(&portal, None).await.unwrap()).is_same(&first));
    scene.clock.advance(53 * MINUTE);
    assert!(matches!(scene.attempt(&portal, None).await.unwrap(), Issued::Login(_)), "its own renewal");
}

/// Either renews, again and again, and nobody logs in twice.
#[tokio::test]
async fn a_shared_login_is_renewed_by_either_and_found_by_the_other() {
    let (scene, others) = (Scene::new(), Others::new());
    let portal = shared(&scene, others.cache().with_writing());
    scene.log_in(&portal, DeviceCode).await.unwrap();
    for _ in 0..3 {
        scene.clock.advance(55 * MINUTE);
        others.renew(&scene).await;
        let found = login(scene.attempt(&portal, None).await.unwrap());
        assert_eq!(found.access_token().expose(), others.file()["accessToken"].as_str().unwrap());
        scene.clock.advance(55 * MINUTE);
        let Issued::Login(renewed) = scene.attempt(&portal, None).await.unwrap() else {
            panic!("not renewed")
        };
        assert_eq!(renewed.access_token().expose(), others.file()["accessToken"].as_str().unwrap());
    }
    assert_eq!((scene.calls("CreateToken"), scene.pages_shown()), (7, 1));
    assert!(scene.aws.requests().iter().all(|request| request.error_code().is_none()));
}

/// Times are whole seconds in the file, and two renewals may come in one.
#[tokio::test]
async fn a_renewal_in_the_same_second_is_found() {
    let (scene, others) = (Scene::new(), Others::new());
    let portal = shared(&scene, others.cache().with_writing());
    scene.log_in(&portal, DeviceCode).await.unwrap();
    scene.clock.advance(HOUR - 10 * MINUTE);
    let first = login(scene.attempt(&portal, None).await.unwrap());
    others.renew(&scene).await;
    let found = login(scene.attempt(&portal, Some(&first)).await.unwrap());
    assert_eq!(found.access_token().expose(), others.file()["accessToken"].as_str().unwrap());
    assert!(scene.aws.requests().iter().all(|request| request.error_code().is_none()));
}

#[tokio::test]
async fn the_file_is_as_the_aws_cli_writes_it_and_its_owners_only() {
    let (scene, others) = (Scene::new(), Others::new());
    let portal = shared(&scene, others.cache().with_writing());
    let login = scene.log_in(&portal, DeviceCode).await.unwrap();
    let file = others.file();
    let mut names: Vec<&str> = file.as_object().unwrap().keys().map(String::as_str).collect();
    names.sort_unstable();
    assert_eq!(
        names,
        [
            "accessToken",
            "clientId",
            "clientSecret",
            "expiresAt",
            "refreshToken",
            "region",
            "registrationExpiresAt",
            "startUrl"
        ]
    );
    assert_eq!(file["startUrl"], START_URL);
    assert_eq!(file["region"], "eu-west-1");
    assert_eq!(file["accessToken"], login.access_token().expose());
    assert_eq!(file["expiresAt"], written(login.expiration()));
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let mode = |path: &Path| path.metadata().unwrap().permissions().mode() & 0o777;
        assert_eq!(
            (mode(others.cache().path()), mode(others.cache().path().parent().unwrap())),
            (0o600, 0o700)
        );
    }
    let beside = others.cache().path().parent().unwrap().read_dir().unwrap().count();
    assert_eq!(beside, 1, "nothing is left beside it");
}

/// A link that a person made stays one, fields that nobody knows yet stay, and a killed writer's rest is written over.
#[cfg(unix)]
#[tokio::test]
async fn what_others_made_of_the_file_stays() {
    let (scene, others) = (Scene::new(), Others::new());
    others.log_in(&scene).await;
    let mut file = others.file();
    file["aFutureField"] = json!([1, { "a": null }]);
    others.write(file.to_string().as_bytes());
    let (path, real) = (others.cache().path().to_owned(), others.home.path().join("real.json"));
    std::fs::rename(&path, &real).unwrap();
    std::os::unix::fs::symlink(&real, &path).unwrap();
    std::fs::set_permissions(&real, std::os::unix::fs::PermissionsExt::from_mode(0o644)).unwrap();
    let rest = real.with_extension("json.leapp");
    #[expect(clippy::disallowed_methods, reason = "what a killed writer left")]
    std::fs::write(&rest, "x".repeat(10_000)).unwrap();

    let portal = shared(&scene, others.cache().with_writing());
    scene.clock.advance(55 * MINUTE);
    assert!(matches!(scene.attempt(&portal, None).await.unwrap(), Issued::Login(_)));
    assert_eq!(others.file()["aFutureField"], file["aFutureField"]);
    assert_ne!(others.file()["accessToken"], file["accessToken"]);
    assert!(path.is_symlink() && !rest.exists());
    let mode = std::os::unix::fs::PermissionsExt::mode(&real.metadata().unwrap().permissions());
    assert_eq!(mode & 0o777, 0o600);
}

#[tokio::test]
async fn logging_out_takes_a_shared_login_out_of_the_file() {
    let (scene, others) = (Scene::new(), Others::new());
    let portal = shared(&scene, others.cache().with_writing());
    scene.log_in(&portal, DeviceCode).await.unwrap();
    portal.log_out(&scene.host(DeviceCode)).await.unwrap();
    assert!(!others.cache().path().exists());
    assert!(matches!(scene.attempt(&portal, None).await.unwrap(), Issued::Challenge(_)));

    // One that is only read is theirs, and stays; it is not taken for a new login either.
    others.log_in(&scene).await;
    let reader = shared(&scene, others.cache());
    scene.attempt(&reader, None).await.unwrap();
    reader.log_out(&scene.host(DeviceCode)).await.unwrap();
    assert!(others.cache().path().exists());
    assert!(matches!(scene.attempt(&reader, None).await.unwrap(), Issued::Challenge(_)));
}

/// The file may hold it still; the portal has the last word.
#[tokio::test]
async fn what_the_portal_refuses_is_not_taken_from_the_file_again() {
    for writes in [false, true] {
        let (scene, others) = (Scene::new(), Others::new());
        others.log_in(&scene).await;
        let cache = if writes { others.cache().with_writing() } else { others.cache() };
        let portal = shared(&scene, cache);
        let found = login(scene.attempt(&portal, None).await.unwrap());
        if writes {
            scene.aws.fail_next_of("CreateToken", Fault::ExpiredToken, 1);
        }
        assert!(matches!(scene.attempt(&portal, Some(&found)).await.unwrap(), Issued::Challenge(_)));
        assert!(matches!(scene.attempt(&portal, None).await.unwrap(), Issued::Challenge(_)));
        let fresh = scene.log_in(&portal, DeviceCode).await.unwrap();
        assert!(!fresh.is_same(&found));
        assert_eq!(scene.pages_shown(), 2);
    }
}

#[tokio::test]
async fn what_is_of_another_portal_or_no_login_or_damaged_is_left_alone() {
    let (scene, others) = (Scene::new(), Others::new());
    others.log_in(&scene).await;
    let good = others.file();
    let with = |name: &str, value: Value| {
        let mut file = good.clone();
        file[name] = value;
        file.to_string().into_bytes()
    };
    for content in [
        with("startUrl", OTHER_START_URL.into()),
        with("region", "us-east-1".into()),
        with("expiresAt", "hunter2".into()),
        with("accessToken", "".into()),
        b"{\"clientId\":\"c\",\"clientSecret\":\"s\"}".to_vec(),
        b"".to_vec(),
        b"\xff\xfe".to_vec(),
        good.to_string().as_bytes()[..50].to_vec(),
        vec![b' '; 70_000],
    ] {
        others.write(&content);
        for cache in [others.cache(), others.cache().with_writing()] {
            let portal = shared(&scene, cache);
            let issued = scene.attempt(&portal, None).await.unwrap();
            assert!(matches!(issued, Issued::Challenge(_)), "{:?}", String::from_utf8_lossy(&content));
            scene.vault.delete(&place()).await.unwrap();
        }
        assert_eq!(std::fs::read(others.cache().path()).unwrap(), content);
    }
    // A login that is all but over is none to a reader.
    others.write(&with("expiresAt", written(scene.clock.now() + Duration::from_secs(30)).into()));
    let issued = scene.attempt(&shared(&scene, others.cache()), None).await.unwrap();
    assert!(matches!(issued, Issued::Challenge(_)));
    // The neighbour: the same content, undamaged.
    others.write(good.to_string().as_bytes());
    login(scene.attempt(&shared(&scene, others.cache()), None).await.unwrap());
}

/// A login that is stored is a login, whatever becomes of the file.
#[tokio::test]
async fn a_cache_that_cannot_be_written_takes_nothing_away() {
    let (scene, others) = (Scene::new(), Others::new());
    let cache = SsoTokenCache::of_start_url("/dev/null/cache", START_URL).with_writing();
    let portal = PortalLogin::new(scene.sso(), id("company"), START_URL).unwrap().with_token_cache(cache);
    scene.log_in(&portal, DeviceCode).await.unwrap();
    login(scene.attempt(&portal, None).await.unwrap());
    scene.clock.advance(2 * HOUR);
    assert!(matches!(scene.attempt(&portal, None).await.unwrap(), Issued::Login(_)));
    drop(others);
}

/// Sixteen at once, and readers in between: each sees a whole login.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn the_file_is_whole_whenever_somebody_looks() {
    let (scene, others) = (Scene::new(), Others::new());
    others.log_in(&scene).await;
    let mut tasks = tokio::task::JoinSet::new();
    for _ in 0..8 {
        let (scene, cache) = (Scene { vault: Default::default(), ..scene.clone() }, others.cache());
        tasks.spawn(async move {
            for _ in 0..20 {
                // Each has a vault of its own, and puts its own login there.
                let portal = shared(&scene, cache.clone().with_writing());
                scene.log_in(&portal, DeviceCode).await.unwrap();
                scene.vault.delete(&place()).await.unwrap();
            }
        });
    }
    while !tasks.is_empty() {
        if tokio::time::timeout(Duration::from_millis(1), tasks.join_next()).await.is_ok() {
            continue;
        }
        let content = std::fs::read(others.cache().path()).unwrap();
        let file: Value = serde_json::from_slice(&content).unwrap();
        assert!(file["refreshToken"].is_string(), "{file}");
    }
    assert_eq!(others.cache().path().parent().unwrap().read_dir().unwrap().count(), 1);
}
