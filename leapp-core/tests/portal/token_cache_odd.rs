//! A token cache that is behind, hostile, or in somebody's hands: it costs the login that is shared nothing.

use std::fs;
use std::path::PathBuf;
use std::time::Duration;

use leapp_core::aws::LoginFlow::DeviceCode;
use leapp_core::aws::{PortalLogin, SsoTokenCache};
use leapp_core::{Clock, IssueRequest, Issued, LocalCoordinator, Login, SessionProvider};
use leapp_testkit::aws::Fault;
use serde_json::{Value, json};

use crate::scene::{CODE, Does, HOUR, MINUTE, OTHER_START_URL, START_URL, Scene, id};

/// A login of both, and where the file is.
struct Shared {
    scene: Scene,
    _home: tempfile::TempDir,
    cache: SsoTokenCache,
    first: Login,
}

impl Shared {
    async fn new() -> Self {
        let (scene, home) = (Scene::new(), tempfile::tempdir().unwrap());
        let cache = SsoTokenCache::of_session(home.path(), "my-sso").with_writing();
        let first = scene.log_in(&scene.portal().with_token_cache(cache.clone()), DeviceCode).await.unwrap();
        Self { scene, _home: home, cache, first }
    }

    /// A process that shares it.
    fn portal(&self) -> PortalLogin {
        self.scene.portal().with_token_cache(self.cache.clone())
    }

    fn file(&self) -> Vec<u8> {
        fs::read(self.cache.path()).unwrap()
    }

    fn json(&self) -> Value {
        serde_json::from_slice(&self.file()).unwrap()
    }

    #[expect(clippy::disallowed_methods, reason = "others write in place")]
    fn write(&self, content: impl AsRef<[u8]>) {
        fs::write(self.cache.path(), content).unwrap();
    }

    fn beside(&self) -> PathBuf {
        self.cache.path().with_extension("json.leapp")
    }

    fn none_is_refused(&self) {
        assert!(self.scene.aws.requests().iter().all(|request| request.error_code().is_none()));
    }
}

#[track_caller]
fn login(issued: Issued) -> Login {
    match issued {
        Issued::Login(login) => login,
        Issued::Reused(grant) => grant.login().unwrap().clone(),
        other => panic!("no login: {other:?}"),
    }
}

/// Killed between the vault and the file: the old login there is neither believed nor left for others to spend.
#[tokio::test]
async fn a_file_that_is_behind_is_not_believed_and_mended() {
    let shared = Shared::new().await;
    let old = shared.file();
    shared.scene.clock.advance(55 * MINUTE);
    let second = login(shared.scene.attempt(&shared.portal(), None).await.unwrap());
    shared.write(&old);
    let next_run = shared.portal();
    assert!(login(shared.scene.attempt(&next_run, None).await.unwrap()).is_same(&second));
    assert_eq!(shared.json()["accessToken"], second.access_token().expose(), "mended at the first look");

    shared.write(&old);
    let third = login(shared.scene.attempt(&next_run, Some(&second)).await.unwrap());
    assert!(!third.is_same(&second) && !third.is_same(&shared.first));
    shared.write(&old);
    let fourth = login(shared.scene.attempt(&next_run, Some(&third)).await.unwrap());
    assert!(!fourth.is_same(&third) && !fourth.is_same(&shared.first), "none that was refused comes back");
    shared.none_is_refused();
}

#[tokio::test]
async fn hostile_contents_cost_the_login_nothing() {
    for change in [
        json!({"accessToken": "evil", "expiresAt": "9999-12-31T23:59:59Z", "refreshToken": "evil"}),
        json!({"accessToken": "evil", "expiresAt": "9999-12-31T23:59:59Z", "refreshToken": null}),
        json!({"accessToken": "evil", "expiresAt": "2027-01-20T00:00:00Z", "clientId": "a\nb"}),
        json!({"accessToken": "evil", "expiresAt": "2027-01-20T00:00:00Z", "refreshToken": "a\nb"}),
        json!({"accessToken": "evil", "expiresAt": "2027-01-20T00:00:00Z", "refreshToken": null}),
        json!({"expiresAt": "-0001-12-31T23:59:59Z"}),
        json!({"startUrl": OTHER_START_URL, "accessToken": "evil", "expiresAt": "2027-01-20T00:00:00Z"}),
    ] {
        let shared = Shared::new().await;
        let mut file = shared.json();
        for (name, value) in change.as_object().unwrap() {
            file[name] = value.clone();
        }
        shared.write(file.to_string());
        shared.scene.clock.advance(55 * MINUTE);
        let issued = shared.scene.attempt(&shared.portal(), None).await.unwrap();
        assert!(matches!(issued, Issued::Login(_)), "{change}: {issued:?}");
        assert!(shared.scene.record().await.unwrap().contains("aorAAAAAG"), "{change}");
        shared.none_is_refused();
    }
}

/// Two programs renew in the same moment: the second finds what the first obtained.
#[tokio::test]
async fn a_refresh_token_that_another_program_spent_first_is_no_question() {
    let shared = Shared::new().await;
    let portal = shared.portal();
    shared.scene.attempt(&portal, None).await.unwrap();
    // Another program, with a name of its own for the login, and without our coordinator.
    let other = PortalLogin::new(shared.scene.sso(), id("corp"), START_URL).unwrap();
    let other = other.with_token_cache(shared.cache.clone());
    shared.scene.attempt(&other, None).await.unwrap();
    shared.scene.clock.advance(55 * MINUTE);
    let theirs = login(shared.scene.attempt(&other, None).await.unwrap());
    let before = shared.file();
    // It has read the file in the moment before.
    shared.write(b"");
    shared.write(&before);
    let ours = login(shared.scene.attempt(&portal, None).await.unwrap());
    assert!(ours.is_same(&theirs));
}

#[tokio::test]
async fn a_reader_never_ends_the_login_of_others() {
    let shared = Shared::new().await;
    let reading = SsoTokenCache::of_session(shared.cache.path().parent().unwrap(), "my-sso");
    let elsewhere = Scene { vault: Default::default(), ..shared.scene.clone() };
    // Logging out without ever having used it.
    elsewhere.portal().with_token_cache(reading.clone()).log_out(&elsewhere.host(DeviceCode)).await.unwrap();
    assert_eq!(shared.scene.calls("Logout"), 0);
    // Having been allowed to write, once: what was theirs is not renewed behind their back.
    let writer = elsewhere.portal().with_token_cache(shared.cache.clone());
    elsewhere.attempt(&writer, None).await.unwrap();
    shared.scene.clock.advance(55 * MINUTE);
    let reader = elsewhere.portal().with_token_cache(reading);
    assert!(matches!(elsewhere.attempt(&reader, None).await.unwrap(), Issued::Challenge(_)));
    assert!(matches!(shared.scene.attempt(&shared.portal(), None).await.unwrap(), Issued::Login(_)));
    shared.none_is_refused();
}

#[cfg(unix)]
#[tokio::test]
async fn logging_out_through_a_link_leaves_no_token_and_nobody_elses_login_is_taken() {
    use std::os::unix::fs::symlink;
    let shared = Shared::new().await;
    let real = shared.cache.path().with_file_name("real");
    fs::rename(shared.cache.path(), &real).unwrap();
    symlink(&real, shared.cache.path()).unwrap();
    shared.scene.aws.fail_next_of("Logout", Fault::Unavailable, 1);
    shared.portal().log_out(&shared.scene.host(DeviceCode)).await.unwrap_err();
    assert!(shared.cache.path().is_symlink() && !real.exists());
    // A link to what is not there yet is written through.
    shared.scene.log_in(&shared.portal(), DeviceCode).await.unwrap();
    assert!(shared.cache.path().is_symlink() && real.exists());

    let theirs = String::from_utf8(shared.file()).unwrap().replace(START_URL, OTHER_START_URL);
    let theirs = theirs.replace("\"accessToken\":\"", "\"accessToken\":\"another");
    shared.write(&theirs);
    shared.portal().log_out(&shared.scene.host(DeviceCode)).await.unwrap();
    assert_eq!(shared.file(), theirs.as_bytes());
}

/// Whatever stands where the new content is prepared, nobody waits for it and nothing is written through it.
#[cfg(unix)]
#[tokio::test]
async fn what_stands_beside_the_file_is_in_nobodys_way() {
    let put: [fn(&Shared); 3] = [
        |shared| {
            let made = std::process::Command::new("mkfifo").arg(shared.beside()).status();
            assert!(made.unwrap().success());
        },
        |shared| {
            std::os::unix::fs::symlink(shared.beside().with_file_name("elsewhere"), shared.beside()).unwrap()
        },
        |shared| {
            let precious = shared.beside().with_file_name("elsewhere");
            std::io::Write::write_all(&mut fs::File::create(&precious).unwrap(), b"precious").unwrap();
            fs::hard_link(precious, shared.beside()).unwrap();
        },
    ];
    for put in put {
        let shared = Shared::new().await;
        put(&shared);
        shared.scene.clock.advance(55 * MINUTE);
        let portal = shared.portal();
        let renewal = tokio::time::timeout(Duration::from_secs(9), shared.scene.attempt(&portal, None));
        let renewed = login(renewal.await.unwrap().unwrap());
        assert_eq!(shared.json()["accessToken"], renewed.access_token().expose());
        let elsewhere = shared.beside().with_file_name("elsewhere");
        assert!(fs::read(elsewhere).map_or(true, |content| content == b"precious"));
        assert!(!shared.beside().exists());
    }
}

/// A person at the page has the lease for minutes; who only looks is told at once.
#[tokio::test]
async fn a_cache_keeps_nobody_waiting_for_a_person() {
    let (scene, home) = (Scene::new(), tempfile::tempdir().unwrap());
    scene.person_will(Does::Nothing);
    let among = LocalCoordinator::new();
    let at_the_page = tokio::spawn({
        let (portal, host) = (scene.portal(), scene.host(CODE).with_coordinator(among.clone()));
        async move { portal.log_in(&host).await }
    });
    while scene.pages_shown() == 0 {
        tokio::time::sleep(Duration::from_millis(2)).await;
    }
    let portal =
        scene.portal().with_token_cache(SsoTokenCache::of_session(home.path(), "my-sso").with_writing());
    let session = id("company");
    let request =
        IssueRequest::new(&session, scene.clock.now(), &*scene.vault).with_coordinator(Some(&among));
    let issued = tokio::time::timeout(Duration::from_secs(9), portal.issue(&request)).await.unwrap();
    assert!(matches!(issued.unwrap(), Issued::Challenge(_)));
    at_the_page.abort();
}

/// What others cannot renew is no reason to register anew at each login.
#[tokio::test]
async fn a_login_of_others_without_a_client_costs_no_registration() {
    let shared = Shared::new().await;
    let mut file = shared.json();
    for name in ["clientId", "clientSecret", "refreshToken", "registrationExpiresAt"] {
        file.as_object_mut().unwrap().remove(name);
    }
    for _ in 0..3 {
        shared.portal().log_out(&shared.scene.host(DeviceCode)).await.unwrap();
        file["expiresAt"] = "2020-01-01T00:00:00Z".into();
        shared.write(file.to_string());
        shared.scene.log_in(&shared.portal(), DeviceCode).await.unwrap();
    }
    assert_eq!(shared.scene.calls("RegisterClient"), 1);
    shared.scene.clock.advance(HOUR);
}
