//! Profiles of the config file: a command that gives the credentials, and no secret.

use leapp_core::{CredentialSink, ErrorKind, ProfileName, SessionId};
use leapp_store_ini::{ConfigFile, CredentialProcess, Document};
use tempfile::TempDir;

use crate::scene::{publish, publish_in, wait_for, withdraw, write};

const MINE: &str =
    "; mine\n[default]\noutput = json\n[sso-session dev]\nsso_region = eu-west-1\n[services dev]\n";

const HOST: &str = if cfg!(windows) { r"C:\My Host\host" } else { "/opt/My Host/host" };

struct Scene {
    _folder: TempDir,
    file: ConfigFile,
}

impl Scene {
    fn with(text: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("config");
        write(&path, text.as_bytes());
        let process = CredentialProcess::new(HOST, ["print"]).unwrap();
        let file = ConfigFile::open(path, process).unwrap();
        Self { _folder: folder, file }
    }

    fn apply(&self, changes: &[leapp_core::Change]) -> Result<(), leapp_core::Error> {
        wait_for(self.file.apply(changes))
    }

    fn text(&self) -> String {
        let text = std::fs::read_to_string(self.file.path()).unwrap();
        text.split_inclusive('\n').filter(|line| !line.starts_with("x_leapp_writer = ")).collect()
    }
}

#[test]
fn a_profile_says_what_to_run_and_holds_no_secret() {
    let scene = Scene::with(MINE);
    scene.apply(&[publish_in("s", "dev", 1, Some("eu-west-1"))]).unwrap();
    let of_command = if cfg!(windows) { "37eee1b8" } else { "1fc8d754" };
    let section = format!(
        "[profile dev]\nx_leapp_session = s\ncredential_process = \"{HOST}\" print s\nregion = eu-west-1\n\
         x_leapp_published = {of_command},6b808c46\n"
    );
    assert_eq!(scene.text(), format!("{MINE}{section}"));
    scene.apply(&[withdraw("s", "dev")]).unwrap();
    assert_eq!(scene.text(), MINE);
}

#[test]
fn the_next_set_writes_nothing() {
    let scene = Scene::with(MINE);
    scene.apply(&[publish("s", "dev", 1)]).unwrap();
    let written = || std::fs::metadata(scene.file.path()).unwrap().modified().unwrap();
    let before = written();
    scene.apply(&[publish("s", "dev", 2)]).unwrap();
    assert_eq!(written(), before);
}

#[test]
fn the_default_profile_has_no_prefix_and_gives_way_to_one_that_has() {
    let scene = Scene::with("[profile x]\n");
    scene.apply(&[publish("s", "default", 1)]).unwrap();
    assert!(scene.text().starts_with("[profile x]\n[default]\nx_leapp_session = s\n"), "{}", scene.text());
    // Somebody writes the one that AWS tools prefer: it is theirs, and ours can still be taken away.
    write(scene.file.path(), format!("{}[profile default]\noutput = json\n", scene.text()).as_bytes());
    assert_eq!(scene.apply(&[publish("s", "default", 2)]).unwrap_err().kind(), ErrorKind::NotOurs);
    scene.apply(&[withdraw("s", "default")]).unwrap();
    assert_eq!(scene.text(), "[profile x]\n[profile default]\noutput = json\n");
}

#[test]
fn sections_of_other_kinds_and_other_spellings_are_nobodys_profile_to_write() {
    let scene = Scene::with(MINE);
    scene.apply(&[publish("s", "dev", 1)]).unwrap();
    for theirs in
        ["[profile dev]", "[ profile\tdev ]", "[profile \"dev\"]", "[profile 'dev'] ; c", "  [profile dev]"]
    {
        let scene = Scene::with(&format!("{theirs}\nrole_arn = x\n"));
        assert_eq!(
            scene.apply(&[publish("s", "dev", 1)]).unwrap_err().kind(),
            ErrorKind::NotOurs,
            "{theirs}"
        );
    }
}

#[test]
fn a_persons_profile_is_adopted_and_given_back() {
    let text = "[profile dev]\ncredential_process=/opt/theirs --x ; old\nrole_arn = arn\nregion = eu-north-1";
    let scene = Scene::with(text);
    let (session, profile) = (SessionId::parse("s").unwrap(), ProfileName::parse("dev").unwrap());
    wait_for(scene.file.adopt(&session, &profile)).unwrap();
    scene.apply(&[publish("s", "dev", 1)]).unwrap();
    let document = Document::parse_config(scene.text().as_bytes());
    let value = |key| document.value("dev", key).unwrap().expose().to_owned();
    assert_eq!(value("credential_process"), format!("\"{HOST}\" print s"));
    assert_eq!((value("role_arn"), value("region")), ("arn".to_owned(), "eu-north-1".to_owned()));
    scene.apply(&[withdraw("s", "dev")]).unwrap();
    assert_eq!(scene.text(), text);
}

#[test]
fn what_a_shell_might_take_for_something_else_is_refused() {
    let word = |word| CredentialProcess::new(HOST, [word]).map(|_| ()).map_err(|error| error.kind());
    for plain in ["--session", "a b", "x=y", "a,b", "ü"] {
        assert_eq!(word(plain), Ok(()), "{plain}");
    }
    for odd in [
        "", "$HOME", "`x`", "a\nb", "a\"b", "a'b", "a;b", "#", "a&b", "%PATH%", "!x", "~", "*", "a\tb", "(a)",
    ] {
        assert_eq!(word(odd), Err(ErrorKind::InvalidInput), "{odd}");
    }
    assert!(CredentialProcess::new("host", []).is_err());
}

#[test]
fn no_credentials_are_published_in_a_config_file() {
    let document = Document::parse_config(b"[profile mine]\nregion = eu-west-1\n");
    let refused = document.clone().with_changes(&[publish("s", "dev", 1)]).unwrap_err();
    assert_eq!(refused.kind(), ErrorKind::Unsupported);
    assert!(refused.to_string().contains("config file, for profile `dev`"), "{refused}");
}
