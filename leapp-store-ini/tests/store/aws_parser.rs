//! The AWS SDK's own parser is the judge of how we read, and of what we write.

use std::cell::Cell;
use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use std::process::Command;

use aws_runtime::env_config::file::{EnvConfigFileKind, EnvConfigFiles};
use aws_runtime::env_config::section::EnvConfigSections;
use aws_runtime::env_config::source;
use aws_types::os_shim_internal::{Env, Fs};
use leapp_store_ini::{Document, IllegalLine, IllegalReason};
use leapp_testkit::cases::times_as_many;
use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};
use serde_json::Value;

use crate::scene;

type Profiles = BTreeMap<String, BTreeMap<String, String>>;

#[test]
fn credentials_files_read_as_the_vectors_say() {
    let mut seen = 0;
    for vector in vectors() {
        let Some(text) = vector["input"]["credentialsFile"].as_str() else { continue };
        let mut expected = expected(&vector).unwrap();
        // What the config file adds to a profile is not in the file under test.
        if let Some(config) = vector["input"]["configFile"].as_str() {
            let ours = read(text);
            let from_config = read_of(&Document::parse_config(config.as_bytes()));
            expected.retain(|name, keys| {
                keys.retain(|key, value| {
                    let is_ours = ours.get(name).is_some_and(|keys| keys.get(key) == Some(value));
                    let is_theirs = from_config.get(name).is_some_and(|keys| keys.get(key) == Some(value));
                    assert!(is_ours || is_theirs, "{}: nobody has {key}", vector["name"]);
                    is_ours
                });
                ours.contains_key(name)
            });
        }
        assert_eq!(read(text), expected, "{}", vector["name"]);
        seen += 1;
    }
    assert_eq!(seen, 7, "the vectors with a credentials file");
}

#[test]
fn config_files_read_as_the_vectors_say() {
    let mut seen = 0;
    for vector in vectors() {
        let Some(text) = vector["input"]["configFile"].as_str() else { continue };
        let Some(expected) = expected(&vector) else { continue };
        if !vector["input"]["credentialsFile"].is_null() {
            continue;
        }
        let document = Document::parse_config(text.as_bytes());
        assert_eq!(read_of(&document), expected, "{}", vector["name"]);
        assert_eq!(document.illegal_lines(), [], "{}", vector["name"]);
        seen += 1;
    }
    assert_eq!(seen, 48, "the vectors with a config file only");
}

#[test]
fn what_the_vectors_call_an_error_is_told_kept_and_published_beside() {
    let mut seen = 0;
    for vector in vectors() {
        let Some(text) = vector["input"]["configFile"].as_str() else { continue };
        if expected(&vector).is_some() {
            continue;
        }
        let document = Document::parse_config(text.as_bytes());
        assert_eq!(document.to_bytes().as_slice(), text.as_bytes());
        let [illegal] = document.illegal_lines()[..] else { panic!("{}", vector["name"]) };
        let reason = match vector["output"]["errorContaining"].as_str().unwrap() {
            "Profile definition must end with ']'" => IllegalReason::NoBracket,
            "Expected a profile definition" => IllegalReason::NoHeader,
            "Expected a property definition" | "Expected a property definition, found continuation" => {
                IllegalReason::NothingToContinue
            }
            "Expected an '=' sign defining a property" | "Expected an '=' sign defining a sub-property" => {
                IllegalReason::NoEquals
            }
            "Property did not have a name" | "Sub-property did not have a name" => IllegalReason::NoName,
            other => panic!("{other}"),
        };
        assert_eq!(illegal.reason(), reason, "{}", vector["name"]);
        assert_eq!(illegal.number(), text.lines().count(), "the last line is to blame in all of them");
        let scene = scene::Scene::with(text.as_bytes());
        scene.apply(&[scene::publish("s", "dev", 1)]).unwrap();
        scene.apply(&[scene::withdraw("s", "dev")]).unwrap();
        assert_eq!(scene.text(), text, "{}", vector["name"]);
        seen += 1;
    }
    assert_eq!(seen, 10, "the vectors that are errors");
}

#[test]
fn what_is_published_reaches_the_sdk() {
    let scene =
        scene::Scene::with(b"[default] ; mine\naws_access_key_id = AKIAMINE # old\ns3 =\n  a = b\n[x]");
    scene.apply(&[scene::publish_in("s", "dev", 7, Some("eu-west-1"))]).unwrap();
    let sdk = sdk(&scene.text()).unwrap();
    let keys = BTreeMap::from(
        [
            ("x_leapp_session", "s"),
            ("x_leapp_final_newline", "no"),
            ("aws_access_key_id", "ASIAMADEUP0000000007"),
            ("aws_secret_access_key", "made-up/secret+key=7"),
            ("aws_session_token", "made-up/session+token==7"),
            ("aws_credential_expiration", "2030-03-17T17:46:47Z"),
            ("region", "eu-west-1"),
            ("x_leapp_published", "877a5b32,4c50a197,02df9311,0ebcc784,6b808c46"),
        ]
        .map(|(key, value)| (key.to_owned(), value.to_owned())),
    );
    assert_eq!(sdk["dev"], keys);
    assert_eq!(sdk["default"]["aws_access_key_id"], "AKIAMINE");
    assert_eq!(sdk, read(&scene.text()));
}

fn line() -> impl Strategy<Value = String> {
    let names =
        prop::sample::select(vec!["[a]", "[b]", "[ a ]", "[a]#c", "[b] ; c", "[in valid]", "[profile a]"]);
    let keys = prop::sample::select(vec!["k", "K", "l", "in valid", "s3"]);
    let values = prop::sample::select(vec!["", "v", "v # c", "v;c", " v \t;c", "a = b", "#", "x\u{e9}"]);
    let rest = prop::sample::select(vec!["", "  ", "\t", "# c", "; c", "  a = b", " \t a = b # c", "  # c"]);
    prop_oneof![
        2 => names.prop_map(str::to_owned),
        4 => (keys, values, prop::sample::select(vec!["=", " = ", "\t=\t"]))
            .prop_map(|(key, value, equals)| format!("{key}{equals}{value}")),
        2 => rest.prop_map(str::to_owned),
    ]
}

/// `[a]` and `[ a ]` are merged in no defined order by the SDK, so only one of them is in a file.
#[test]
fn random_files_read_as_the_sdk_reads_them() {
    let accepted = Cell::new(0);
    let config = Config { cases: times_as_many(2000), failure_persistence: None, ..Config::default() };
    let files = (prop::collection::vec(line(), 0..10), prop::sample::select(vec!["\n", "\r\n"]));
    let outcome = TestRunner::new(config).run(&files, |(mut lines, newline)| {
        if lines.iter().any(|line| line == "[ a ]") {
            lines.retain(|line| !line.starts_with("[a]"));
        }
        let text = format!("[c]{newline}k = v{newline}{}", lines.join(newline));
        if let Some(sdk) = sdk(&text) {
            accepted.set(accepted.get() + 1);
            prop_assert_eq!(read(&text), sdk, "{:?}", text);
        }
        Ok(())
    });
    outcome.unwrap();
    assert!(accepted.get() > 500, "only {} files were ones the SDK reads", accepted.get());
}

/// Wherever the SDK stops is the first line that we tell.
#[test]
fn what_the_sdk_refuses_is_told_by_its_line() {
    let (refused, config) =
        (Cell::new(0), Config { cases: times_as_many(2000), failure_persistence: None, ..Config::default() });
    let illegal = prop::sample::select(vec![
        "no equals",
        "= v",
        "[open",
        "[open # ]",
        " sub",
        "\t= sub",
        "\r",
        "k # = v",
    ]);
    let lines = prop::collection::vec(prop_oneof![4 => line(), 1 => illegal.prop_map(str::to_owned)], 0..8);
    let marks = prop::sample::select(vec!["", "", "", "\u{feff}"]);
    let outcome = TestRunner::new(config).run(
        &(marks, lines, prop::sample::select(vec!["\n", "\r\n", "\n\n"])),
        |(mark, lines, newline)| {
            let text = format!("{mark}{}", lines.join(newline));
            let told = Document::parse(text.as_bytes()).illegal_lines().first().map(IllegalLine::number);
            let sdk = sections(&text).err();
            refused.set(refused.get() + usize::from(sdk.is_some()));
            match (told, sdk) {
                (Some(number), Some(error)) => {
                    prop_assert!(
                        error.contains(&format!("on line {number}:")),
                        "{error} of {text:?}, not {number}"
                    );
                }
                (told, sdk) => {
                    prop_assert!(told.is_none() && sdk.is_none(), "{told:?} and {sdk:?} of {text:?}")
                }
            }
            Ok(())
        },
    );
    outcome.unwrap();
    assert!(refused.get() > 500, "the SDK refused {} files only", refused.get());
}

/// What we read.
fn read(text: &str) -> Profiles {
    read_of(&Document::parse(text.as_bytes()))
}

fn read_of(document: &Document) -> Profiles {
    let keys = |profile: &str| {
        let keys = document.keys(profile).into_iter();
        keys.map(|key| (key.clone(), document.value(profile, &key).unwrap().expose().to_owned())).collect()
    };
    document.profiles().into_iter().map(|profile| (profile.to_owned(), keys(profile))).collect()
}

/// What the SDK reads; `None` when it refuses the file. It lists no keys, so every key of ours is asked for.
fn sdk(text: &str) -> Option<Profiles> {
    let sections = sections(text).ok()?;
    let candidates: BTreeSet<String> = read(text).into_values().flat_map(BTreeMap::into_keys).collect();
    let candidates = candidates.iter().map(String::as_str).chain(["k", "l", "s3", "a", "v"]);
    let candidates: Vec<&str> = candidates.collect();
    let keys = |profile: &str| {
        let profile = sections.get_profile(profile).unwrap();
        let found =
            candidates.iter().filter_map(|key| Some(((*key).to_owned(), profile.get(key)?.to_owned())));
        found.collect()
    };
    Some(sections.profiles().map(|profile| (profile.to_owned(), keys(profile))).collect())
}

fn sections(text: &str) -> Result<EnvConfigSections, String> {
    let files = EnvConfigFiles::builder().with_contents(EnvConfigFileKind::Credentials, text).build();
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    let source = runtime.block_on(source::load(&Env::from_slice(&[]), &Fs::from_slice(&[]), &files)).unwrap();
    EnvConfigSections::parse(source).map_err(|error| error.to_string())
}

fn expected(vector: &Value) -> Option<Profiles> {
    let profiles = vector["output"]["config"]["profiles"].as_object()?;
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let keys = |keys: &Value| {
        keys.as_object().unwrap().iter().map(|(key, value)| (key.clone(), text(value))).collect()
    };
    Some(profiles.iter().map(|(name, properties)| (name.clone(), keys(properties))).collect())
}

/// The vectors that the package `aws-runtime` ships.
fn vectors() -> Vec<Value> {
    vectors_of("profile-parser-tests.json")
}

pub(crate) fn vectors_of(file: &str) -> Vec<Value> {
    let cargo = option_env!("CARGO").unwrap_or("cargo");
    let arguments = ["metadata", "--format-version", "1"];
    let output =
        Command::new(cargo).args(arguments).current_dir(env!("CARGO_MANIFEST_DIR")).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let metadata: Value = serde_json::from_slice(&output.stdout).unwrap();
    let packages = metadata["packages"].as_array().unwrap();
    let package = packages.iter().find(|package| package["name"] == "aws-runtime").unwrap();
    let manifest = PathBuf::from(package["manifest_path"].as_str().unwrap());
    let file = manifest.with_file_name("test-data").join(file);
    let file: Value = serde_json::from_slice(&std::fs::read(file).unwrap()).unwrap();
    file["tests"].as_array().unwrap().clone()
}
