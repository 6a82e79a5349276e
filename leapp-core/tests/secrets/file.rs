//! The main job over the credentials file: what the published set may be in, and what nothing long-lived may be in.

use std::fs;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use leapp_core::{Clock, ErrorKind, Event, Leapp, Secret, Started};
use leapp_store_ini::CredentialsFile;
use leapp_testkit::leak::{Scanner, capture_logs_async};

use crate::job::{builder, deploy, sessions};
use crate::scene::{Scene, alice};

#[tokio::test]
async fn nothing_but_the_published_set_is_in_the_folder_and_none_of_it_is_told() {
    let mut scene = Scene::new().await;
    let folder = tempfile::tempdir().unwrap();
    let ((), log) = capture_logs_async(run(&mut scene, folder.path())).await;
    scene.heard.log(log);
    assert_eq!(scene.heard.leaks(&scene.secrets), Vec::<String>::new());
}

async fn run(scene: &mut Scene, folder: &Path) {
    let file = Arc::new(CredentialsFile::open(folder.join("credentials")).unwrap());
    let leapp = builder(scene).with_sink(file.clone()).build().unwrap();
    let mut events = leapp.events();
    leapp.add_all(sessions(scene)).await.unwrap();
    let now = scene.clock.now();
    scene.code_at(now);
    for session in [alice(), deploy()] {
        assert!(matches!(leapp.start(&session).await.unwrap(), Started::Active));
    }
    let user = leapp.credentials(&alice()).unwrap().current().await.unwrap();
    // Every session token begins alike, the published one too.
    let tail = user.session_token().expose()[32..].to_owned();
    let unpublished = [user.secret_access_key().expose().to_owned(), tail];
    is_free_of(folder, &[&scene.secrets[..], &unpublished].concat());
    scene.learn(&user);
    let role = leapp.credentials(&deploy()).unwrap().current().await.unwrap();
    scene.learn(&role);
    let secrets = [role.secret_access_key(), role.session_token()].map(Secret::expose);
    for secret in secrets {
        assert!(
            fs::read_to_string(folder.join("credentials")).unwrap().contains(secret),
            "it is not published"
        );
    }
    scene.heard.debug("the sink", &*file);
    fail(scene, &leapp, folder, &mut events).await;
    leapp.shutdown().await.unwrap();
    is_free_of(folder, &scene.secrets);
    while let Some(event) = events.next().await {
        scene.heard.debug("an event", &event);
    }
}

/// A folder where the file was: the next set cannot be written.
async fn fail(scene: &mut Scene, leapp: &Leapp, folder: &Path, events: &mut leapp_core::Events) {
    let (path, aside) = (folder.join("credentials"), folder.join("aside"));
    fs::rename(&path, &aside).unwrap();
    fs::create_dir(&path).unwrap();
    scene.clock.advance(Duration::from_secs(60));
    leapp.refresh(&deploy()).await.unwrap();
    let set = leapp.credentials(&deploy()).unwrap().current().await.unwrap();
    scene.learn(&set);
    loop {
        let event = events.next().await.unwrap();
        scene.heard.debug("an event", &event);
        if let Event::SinkFailed { error, .. } = event {
            assert_eq!(error.kind(), ErrorKind::InvalidInput, "{error:?}");
            scene.heard.error("a write", &error);
            break;
        }
    }
    fs::remove_dir(&path).unwrap();
    fs::rename(&aside, &path).unwrap();
}

/// No file of the folder holds a part of any of these.
fn is_free_of(folder: &Path, secrets: &[String]) {
    let scanner = Scanner::new(secrets);
    let mut seen = 0;
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let found = scanner.scan(fs::read(&path).unwrap());
        assert!(found.is_none(), "a secret in {}: {}", path.display(), found.unwrap());
        seen += 1;
    }
    assert!(seen > 0, "nothing was looked at");
}
