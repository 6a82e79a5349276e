//! Printing is the identity; reading is AWS's.

use leapp_store_ini::{Document, IllegalReason};
use leapp_testkit::cases::times_as_many;
use proptest::prelude::*;
use zeroize::Zeroizing;

fn value(text: &[u8], profile: &str, key: &str) -> Option<String> {
    Document::parse(text).value(profile, key).map(|value| value.expose().to_owned())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: times_as_many(2000), failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_bytes_print_as_they_were(bytes: Vec<u8>) {
        let printed = Document::parse(&bytes).to_bytes();
        prop_assert_eq!(printed.as_slice(), bytes.as_slice());
        let kept = Document::from_bytes(Zeroizing::new(bytes.clone())).to_bytes();
        prop_assert_eq!(kept.as_slice(), bytes.as_slice());
    }

    #[test]
    fn any_text_of_telling_characters_prints_as_it_was(text in "[\\[\\]#;= \t\r\nak\u{feff}\u{a0}-]{0,60}") {
        let document = Document::parse(text.as_bytes());
        for profile in document.profiles() {
            for key in document.keys(profile) {
                prop_assert!(document.value(profile, &key).is_some());
            }
        }
        let printed = document.to_bytes();
        prop_assert_eq!(printed.as_slice(), text.as_bytes());
    }
}

#[test]
fn a_header_may_be_spaced_and_commented() {
    for header in ["[a]", "[ a ]", "[\ta]", "[a] ; c", "[a]# c", "[a]\t", "\u{feff}[a]"] {
        let text = format!("{header}\nk = v");
        assert_eq!(value(text.as_bytes(), "a", "k").as_deref(), Some("v"), "{header:?}");
    }
    for header in ["[a", "[a] b", " [a]", "a]", "[profile a]", "# [a]", "[b]"] {
        let text = format!("{header}\nk = v");
        assert!(!Document::parse(text.as_bytes()).has_profile("a"), "{header:?}");
    }
}

#[test]
fn the_last_value_of_any_section_counts_in_any_case() {
    let text = b"[a]\nKey = 1\n[b]\nkey = 2\n[a]\nkEY = 3\nkey=4\n[a]\nother = 5";
    assert_eq!(value(text, "a", "key").as_deref(), Some("4"));
    assert_eq!(value(text, "b", "KEY").as_deref(), Some("2"));
    assert_eq!(value(text, "a", "absent"), None);
    assert_eq!(Document::parse(text).keys("a"), ["key", "other"]);
    assert_eq!(Document::parse(text).profiles(), ["a", "b"]);
}

#[test]
fn names_that_end_alike_are_told_apart() {
    let text = b"[a-long-name]\nk = 1\n[b-long-name]\nk = 2\n[-long-name]\nk = 3\n[long-name]\nk = 4\n[name]\nk = 5\n";
    let names = ["a-long-name", "b-long-name", "-long-name", "long-name", "name"];
    assert_eq!(Document::parse(text).profiles(), names);
    for (name, expected) in names.iter().zip(["1", "2", "3", "4", "5"]) {
        assert_eq!(value(text, name, "k").as_deref(), Some(expected), "{name}");
    }
    assert_eq!(value(text, "c-long-name", "k"), None);
}

#[test]
fn a_comment_needs_white_space_before_it_and_an_indented_line_is_data() {
    let text = b"[a]\nk = v;x#y ; c\n# gap\n\n  # more \n\tand = more\nl =\n  x = y\nm = # c";
    assert_eq!(value(text, "a", "k").as_deref(), Some("v;x#y\n# more\nand = more"));
    assert_eq!(value(text, "a", "l").as_deref(), Some("\nx = y"));
    assert_eq!(value(text, "a", "m").as_deref(), Some(""));
}

#[test]
fn a_value_that_is_not_utf8_is_none() {
    assert_eq!(value(b"[a]\nk = \xff\nl = v", "a", "k"), None);
    assert_eq!(value(b"[a]\nk = \xff\nl = v", "a", "l").as_deref(), Some("v"));
}

#[test]
fn every_line_that_aws_tools_refuse_is_told_where_it_is() {
    let text = b"\xef\xbb\xbfk = v\n\n\n; caf\xe9\n[a\n[b]\r\n  c\r\n\r\ns3 =\n  a = b\n  c\n= v\n  d\nno\nk = \xff\n";
    let told: Vec<_> = Document::parse(text).illegal_lines().iter().map(ToString::to_string).collect();
    let expected = [
        "line 1 begins with a byte order mark",
        "line 4 is not UTF-8",
        "line 5 is a header that does not end in `]`",
        "line 7 continues nothing",
        "line 11 has no `=`",
        "line 12 has nothing before the `=`",
        "line 14 has no `=`",
        "line 15 is not UTF-8",
    ];
    assert_eq!(told, expected);
    assert_eq!(Document::parse(text).to_bytes().as_slice(), text, "and all of them are kept");
    for (text, count) in [("k = v", 1), ("[caf\u{e9}]\nregion = x\n", 0)] {
        assert_eq!(Document::parse(text.as_bytes()).illegal_lines().len(), count, "{text}");
    }
    for text in [&b"[caf\xe9]\nregion = x\n"[..], b"[a]\nk = \xff\n  more\n"] {
        let [line] = Document::parse(text).illegal_lines()[..] else { panic!("what is below has no fault") };
        assert_eq!(line.reason(), IllegalReason::NotUtf8);
    }
}

#[test]
fn debug_shows_no_value() {
    let document = Document::parse(b"[a]\naws_secret_access_key = hunter2\n# hunter2");
    assert_eq!(format!("{document:?}"), r#"Document { profiles: ["a"], .. }"#);
}
