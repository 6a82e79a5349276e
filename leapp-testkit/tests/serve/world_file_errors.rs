//! What a world file must not say, and how it is told: file, line, key.

use leapp_core::ErrorKind;
use leapp_testkit::aws::WorldFile;
use leapp_testkit::leak::{assert_clean, text_of};

/// Nothing is wrong with it; each case changes one thing.
const GOOD: &str = r#"clock_offset = 0
session_token_size = 800

[[account]]
id = "111122223333"
partition = "aws"
name = "Production"

[[user]]
account = "111122223333"
name = "alice"
access_key = [{}, { id = "AKIAIOSFODNN7EXAMPLE", secret = "made up" }]
mfa_device = [
    { seed = "JBSWY3DPEHPK3PXP" },
]

[[role]]
account = "111122223333"
name = "Deploy"
trusts = [
    "111122223333",
    "arn:aws:iam::111122223333:user/alice",
]
external_id = "customer"
requires_mfa = true
source_identities = ["alice"]
tag_keys = ["Project"]
max_session_duration = 3600

[[fault]]
kind = "Delay"
milliseconds = 5
times = 1
action = "AssumeRole"

[random_faults]
seed = 1
percent = 5
faults = [{ kind = "Throttle" }]
"#;

#[test]
fn the_file_as_it_is_is_good() {
    WorldFile::parse("world.toml", GOOD).unwrap();
}

#[test]
fn every_wrong_value_is_told_with_line_and_key() {
    for (good, wrong, line, key, words) in [
        ("clock_offset = 0", "clock_offset = 'x'", 1, "clock_offset", "invalid type"),
        ("clock_offset = 0", "clock_offset = 9000000000", 1, "clock_offset", "is not within"),
        ("= 800", "= 63", 2, "session_token_size", "63 is not within 64 to 4096"),
        ("= 800", "= 4097", 2, "session_token_size", "4097 is not within 64 to 4096"),
        ("= 800", "= -1", 2, "session_token_size", "invalid value"),
        ("id = \"111122223333\"", "id = \"1111\"", 5, "id", "twelve digits"),
        ("id = \"111122223333\"", "id = 111122223333", 5, "id", "invalid type"),
        ("id = \"111122223333\"", "idd = \"111122223333\"", 5, "idd", "unknown field"),
        ("id = \"111122223333\"\n", "", 4, "account", "missing field `id`"),
        ("\"aws\"", "\"aws-mars\"", 6, "partition", "no such partition"),
        ("\"Production\"", "\"\"", 7, "name", "1 to 50 printable"),
        ("\"Production\"", "\"a\\nrm -rf\"", 7, "name", "1 to 50 printable"),
        ("[[user]]\naccount = \"1", "[[user]]\naccount = \"2", 10, "account", "no [[account]] has the id 2"),
        ("\"alice\"", "\"a b\"", 11, "name", "1 to 64 letters"),
        ("\"AKIAIOSFODNN7EXAMPLE\"", "\"AKIA\"", 12, "id", "access key id"),
        ("\"AKIAIOSFODNN7EXAMPLE\"", "\"ASIAIOSFODNN7EXAMPLE\"", 12, "id", "temporary credentials"),
        ("\"AKIAIOSFODNN7EXAMPLE\"", "true", 12, "id", "invalid type"),
        (", secret = \"made up\"", "", 12, "id", "an id or a secret alone"),
        ("\"made up\"", "\"\"", 12, "secret", "secret access key"),
        ("[{}, {", "[{ id = \"AKIAIOSFODNN7EXAMPLE\", secret = \"x\" }, {", 12, "id", "in the file twice"),
        ("\"JBSWY3DPEHPK3PXP\"", "\"JBSWY3DPEHPK3PX1\"", 14, "seed", "base32"),
        ("\"JBSWY3DPEHPK3PXP\"", "\"JBSWY3DP\"", 14, "seed", "base32 of 10 to 128 bytes"),
        ("\"Deploy\"", "\"De ploy\"", 19, "name", "role"),
        ("user/alice", "user/mallory", 22, "trusts", "neither an account nor"),
        ("\"customer\"", "\"c\"", 24, "external_id", "external id"),
        ("= true", "= \"yes\"", 25, "requires_mfa", "invalid type"),
        ("[\"alice\"]", "[\"\"]", 26, "source_identities", "it is empty"),
        ("[\"Project\"]", "[\"\"]", 27, "tag_keys", "it is empty"),
        ("= 3600", "= 3599", 28, "max_session_duration", "3599 is not within 3600 to 43200"),
        ("= 3600", "= 43201", 28, "max_session_duration", "43201 is not within"),
        ("\"Delay\"", "\"Dealy\"", 31, "kind", "there is no fault `Dealy`"),
        ("\"Delay\"", "\"Hang\"", 32, "milliseconds", "only Delay has"),
        ("milliseconds = 5\n", "", 31, "kind", "Delay needs `milliseconds`"),
        ("milliseconds = 5", "seconds = 5", 31, "kind", "Delay needs `milliseconds`"),
        ("milliseconds = 5", "milliseconds = 3600001", 32, "milliseconds", "is not within"),
        ("times = 1", "times = 0", 33, "times", "0 is not within 1 to"),
        ("\"AssumeRole\"", "\"Assume Role\"", 34, "action", "letters and digits"),
        ("percent = 5", "percent = 101", 38, "percent", "101 is not within 0 to 100"),
        ("\"Throttle\"", "\"WrongDate\"", 39, "kind", "WrongDate needs `seconds`"),
        ("seed = 1\n", "", 36, "random_faults", "missing field `seed`"),
        ("[random_faults]", "[random_fault]", 36, "random_fault", "unknown field"),
    ] {
        let text = GOOD.replacen(good, wrong, 1);
        assert_ne!(text, GOOD, "{good}");

        let error = WorldFile::parse("some/world.toml", &text).unwrap_err();

        let said = error.to_string();
        let place = format!("some/world.toml, line {line}, `{key}`: ");
        assert!(said.starts_with(&place) && said.contains(words), "{wrong}: {said}, not {place}..{words}");
        assert_eq!(error.kind(), ErrorKind::InvalidInput);
    }
}

#[test]
fn nothing_is_there_twice() {
    for (again, words) in [
        ("[[account]]\nid = '111122223333'", "the account stands in the file twice"),
        ("[[user]]\naccount = '111122223333'\nname = 'alice'", "the user stands in the file twice"),
        ("[[role]]\naccount = '111122223333'\nname = 'Deploy'", "the role stands in the file twice"),
    ] {
        let (before, after) = GOOD.split_once("[random_faults]").unwrap();

        let error = WorldFile::parse("w", &format!("{before}{again}\n[random_faults]{after}")).unwrap_err();

        assert!(error.to_string().contains(words), "{error}");
    }
}

#[test]
fn what_is_not_toml_is_told_with_its_line() {
    for (text, line) in [("a = ", 1), ("\n[[account", 2), ("x = 1\nx = 2", 2), ("\n\n= 3", 3), ("\u{0}", 1)] {
        let error = WorldFile::parse("w", text).unwrap_err().to_string();

        assert!(error.starts_with(&format!("w, line {line}")), "{text:?}: {error}");
        assert!(!error.contains('\n'), "{error}");
    }
}

#[test]
fn a_secret_in_the_wrong_place_or_of_the_wrong_type_is_not_repeated() {
    for (good, wrong, secret) in [
        ("secret = \"made up\"", "secret = 8675309123", "8675309123"),
        ("secret = \"made up\"", "secret = \"made up\", key = \"hunter2-hunter2\"", "hunter2-hunter2"),
        ("[{}, {", "[\"hunter2, expected hunter2\", {", "hunter2"),
        ("[{}, {", "\"hunter2-hunter2\" # [{", "hunter2"),
        ("= 800", "= \"hunter2-hunter2\"", "hunter2"),
        ("\"JBSWY3DPEHPK3PXP\"", "\"hunter2-hunter2\"", "hunter2"),
    ] {
        assert!(GOOD.contains(good), "{good}");

        let error = WorldFile::parse("w", &GOOD.replace(good, wrong)).unwrap_err();

        assert_clean(text_of(&error), [secret]);
    }
}
