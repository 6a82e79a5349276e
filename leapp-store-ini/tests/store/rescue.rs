//! What a killed process leaves is removed, and what of it is somebody else's is kept.

use std::fs;
use std::path::PathBuf;
use std::sync::mpsc;

use leapp_store_ini::{CredentialsFile, FileEvent};

use crate::scene::{Scene, apply, publish, write};

const FOREIGN: &str = "; mine\n[default]\naws_access_key_id = AKIAMINE\n";

fn beside(scene: &Scene, name: &str) -> PathBuf {
    scene.folder.path().join(name)
}

/// Opens the file, and says what it has to tell.
fn open(scene: &Scene) -> Vec<FileEvent> {
    let (tell, told) = mpsc::channel();
    let sink = CredentialsFile::open(scene.path())
        .unwrap()
        .with_listener(move |event| tell.send(event.clone()).unwrap());
    drop(sink);
    told.iter().collect()
}

#[test]
fn half_a_text_and_our_own_are_nobodys_loss() {
    let scene = Scene::with(FOREIGN.as_bytes());
    scene.apply(&[publish("s", "dev", 1)]).unwrap();
    let (before, next) = (scene.read(), Scene::with(FOREIGN.as_bytes()));
    next.apply(&[publish("s", "dev", 2), publish("s", "ops", 3)]).unwrap();
    write(&beside(&scene, ".credentials.leapp-tmp"), &next.read()[..30]);
    for complete in [next.read(), before.clone(), FOREIGN.as_bytes().to_vec(), Vec::new()] {
        write(&beside(&scene, ".credentials.leapp-new"), &complete);
        assert_eq!(open(&scene), []);
        assert_eq!(scene.names(), ["credentials"]);
        assert_eq!(scene.read(), before);
    }
}

#[test]
fn a_change_of_another_program_is_kept_without_our_secrets_and_the_host_is_told() {
    let scene = Scene::with(FOREIGN.as_bytes());
    scene.apply(&[publish("s", "dev", 1)]).unwrap();
    let before = scene.read();
    // As it is when the process was killed between the exchange and putting back what it displaced.
    let theirs = scene.text().replace("AKIAMINE", "AKIANEW");
    for name in [".credentials.leapp-new", ".credentials.leapp-old"] {
        write(&beside(&scene, name), theirs.as_bytes());
        let rescued = beside(&scene, "credentials.leapp-rescued-1");
        assert_eq!(open(&scene), [FileEvent::Rescued { path: rescued.clone() }]);
        assert_eq!(scene.read(), before, "what was reported stays");
        assert_eq!(fs::read_to_string(&rescued).unwrap(), FOREIGN.replace("AKIAMINE", "AKIANEW"));
        assert_eq!(open(&scene), [], "once");
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            assert_eq!(fs::metadata(&rescued).unwrap().permissions().mode() & 0o777, 0o600);
        }
        fs::remove_file(rescued).unwrap();
        assert_eq!(scene.names(), ["credentials"]);
    }
}

#[test]
fn the_next_write_rescues_too_and_takes_no_name_that_is_taken() {
    let scene = Scene::with(FOREIGN.as_bytes());
    write(&beside(&scene, "credentials.leapp-rescued-1"), b"of an earlier day");
    let (tell, told) = mpsc::channel();
    let sink = scene.sink.clone().with_listener(move |event| tell.send(event.clone()).unwrap());
    write(&beside(&scene, ".credentials.leapp-new"), b"[theirs]\nk = v\n");
    apply(&sink, &[publish("s", "dev", 1)]).unwrap();
    drop(sink);
    let path = beside(&scene, "credentials.leapp-rescued-2");
    assert!(told.iter().any(|event| event == FileEvent::Rescued { path: path.clone() }));
    assert_eq!(fs::read(path).unwrap(), b"[theirs]\nk = v\n");
    assert_eq!(fs::read(beside(&scene, "credentials.leapp-rescued-1")).unwrap(), b"of an earlier day");
    assert!(scene.text().starts_with(FOREIGN));
}
