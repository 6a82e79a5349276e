//! Every name type at its bounds, and against everything that must not pass the door.
#![expect(clippy::unwrap_used, reason = "a step that fails is a test that fails")]

use std::fmt::{Debug, Display};
use std::str::FromStr;

use leapp_core::{
    AccessKeyId, AccountId, Error, ErrorKind, ExternalId, FederatedUserName, PolicyArn, ProfileName, Region,
    RoleArn, RoleSessionName, SamlProviderArn, SerialNumber, SessionId, SourceIdentity, TokenCode,
};
use leapp_testkit::cases::times_as_many;
use leapp_testkit::leak::{assert_clean, text_of};
use proptest::prelude::*;

/// Characters that no name may hold: what ends a line, a section or a field, and what only looks like something else.
const FORBIDDEN: [char; 30] = [
    ']', '[', '\n', '\r', '\t', '\0', '\u{1b}', '\u{7f}', '\u{85}', ' ', '\u{a0}', '#', ';', '"', '\'', '`',
    '\\', '$', '&', '|', '<', '>', '(', '*', '?',
    // A Greek, a Cyrillic and a full-width letter, an Arabic digit, and what turns the direction of writing.
    '\u{391}', '\u{430}', '\u{ff21}', '\u{661}', '\u{202e}',
];

/// What a name type is put to.
struct Rules<'a> {
    /// Names at the bounds, and with every character that is allowed.
    good: &'a [&'a str],
    /// Texts that are none, each with a word of the rule that the message must name.
    bad: &'a [(&'a str, &'a str)],
    /// Before and after a character that may not be there.
    around: (&'a str, &'a str),
}

#[track_caller]
fn hold<T>(parse: impl Fn(&str) -> Result<T, Error>, rules: &Rules<'_>)
where
    T: Debug + Display + FromStr<Err = Error> + PartialEq,
{
    for good in rules.good {
        let name = parse(good).unwrap();
        assert_eq!(name.to_string(), *good);
        assert_eq!(good.parse::<T>().unwrap(), name);
    }
    for (bad, rule) in rules.bad {
        let error = parse(bad).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::InvalidInput, "{bad:?}");
        assert!(error.to_string().contains(rule), "{bad:?} is refused without {rule:?}: {error}");
        assert!(bad.parse::<T>().is_err(), "{bad:?}");
    }
    let (before, after) = rules.around;
    for forbidden in FORBIDDEN {
        let bad = format!("{before}{forbidden}{after}");
        let error = parse(&bad).map(|_| ()).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::InvalidInput, "{bad:?}");
        let message = error.to_string();
        assert!(!message.chars().any(char::is_control), "{bad:?} gets through into the message: {message:?}");
    }
}

#[test]
fn session_ids() {
    let rules = Rules {
        good: &["a", &"a".repeat(128), "azAZ09_.:@/+=,-", "f81d4fae-7dec-11d0-a765-00a0c91e6bf6"],
        bad: &[
            ("", "1 to 128"),
            (&"a".repeat(129), "129 characters"),
            ("a%b", "'%' at byte 1"),
            ("ä", "at byte 0"),
        ],
        around: ("alice", "bob"),
    };
    hold(SessionId::parse, &rules);
}

#[test]
fn profile_names() {
    let rules = Rules {
        good: &["a", &"a".repeat(128), "azAZ09_-/.%@:+", "default"],
        bad: &[
            ("", "1 to 128"),
            (&"a".repeat(129), "129 characters"),
            ("prod]\n[default", "']' at byte 4"),
            ("a=b", "'=' at byte 1"),
            ("profile dev", "' ' at byte 7"),
        ],
        around: ("prod", "eu"),
    };
    hold(ProfileName::parse, &rules);
}

#[test]
fn account_ids() {
    let rules = Rules {
        good: &["012345678901", "000000000000", "999999999999"],
        bad: &[
            ("", "twelve digits"),
            ("12345678901", "twelve digits"),
            ("1234567890123", "twelve digits"),
            ("1234-5678-9012", "twelve digits"),
            ("12345678901x", "twelve digits"),
            ("+12345678901", "twelve digits"),
            // Four digits in twelve bytes.
            ("\u{1d7d8}\u{1d7d9}\u{1d7da}", "twelve digits"),
        ],
        around: ("12345", "678901"),
    };
    hold(AccountId::parse, &rules);
}

#[test]
fn regions() {
    let rules = Rules {
        good: &["eu-west-1", "us-gov-east-1", "cn-north-1", "aa", &"a".repeat(63)],
        bad: &[
            ("", "2 to 63"),
            ("a", "1 characters"),
            (&"a".repeat(64), "64 characters"),
            ("EU-west-1", "'E' at byte 0"),
            ("-eu-west-1", "hyphen"),
            ("eu-west-1-", "hyphen"),
            ("eu.west.1", "'.'"),
            ("eu-west-1/evil.example", "'/'"),
            ("eu-west-1@evil", "'@'"),
        ],
        around: ("eu-west", "-1"),
    };
    hold(Region::parse, &rules);
}

#[test]
fn role_arns() {
    let shape = "arn:PARTITION:iam::ACCOUNT:RESOURCE";
    let longest = format!("arn:aws:iam::012345678901:role/{}/{}", "p".repeat(1952), "n".repeat(64));
    assert_eq!(longest.len(), 2048);
    let rules = Rules {
        good: &[
            "arn:aws:iam::012345678901:role/a",
            "arn:aws-cn:iam::012345678901:role/ops/team/Deploy",
            "arn:aws-us-gov:iam::012345678901:role/aws-service-role/x.amazonaws.com/N",
            "arn:aws:iam::012345678901:role/_+=,.@-azAZ09",
            "arn:aws:iam::012345678901:role/a!path]of~anything/Deploy",
            &longest,
        ],
        bad: &[
            ("", "20 to 2048"),
            ("arn:aws:iam::1:role/", "an account id is twelve digits"),
            (&format!("{longest}n"), "2049 characters"),
            ("Deploy, please, the role", shape),
            ("arn:aws:iam::012345678901", shape),
            ("urn:aws:iam::012345678901:role/Deploy", shape),
            ("arn:aws:sts::012345678901:assumed-role/Deploy/me", shape),
            ("arn:aws:iam:eu-west-1:012345678901:role/Deploy", shape),
            ("arn:AWS:iam::012345678901:role/Deploy", "partition"),
            ("arn:evil:iam::012345678901:role/Deploy", "partition"),
            ("arn:awsome:iam::012345678901:role/Deploy", "partition"),
            ("arn:aws-\u{441}n:iam::012345678901:role/Deploy", "partition"),
            ("arn:aws:iam::01234567890:role/Deploy", "twelve digits"),
            ("arn:aws:iam::aws:role/Deploy", "twelve digits"),
            ("arn:aws:iam::012345678901:user/alice", "role/NAME"),
            ("arn:aws:iam::012345678901:role", "role/NAME"),
            ("arn:aws:iam::012345678901:role/Dep:loy", "role name: ':' at byte 3 is not allowed"),
            ("arn:aws:iam::012345678901:role/o ps/Deploy", "' ' at byte 1 is not allowed"),
            ("arn:aws:iam::012345678901:role/", "role name: it has 0 characters"),
            ("arn:aws:iam::012345678901:role/ops/", "role name: it has 0 characters"),
            (
                &format!("arn:aws:iam::012345678901:role/{}", "n".repeat(65)),
                "role name: it has 65 characters",
            ),
            ("arn:aws:iam::012345678901:role/Dep\u{430}y", "not allowed"),
        ],
        around: ("arn:aws:iam::012345678901:role/Dep", "loy"),
    };
    hold(RoleArn::parse, &rules);
}

#[test]
fn a_role_arns_parts() {
    let role = RoleArn::parse("arn:aws-us-gov:iam::012345678901:role/ops/team/Deploy").unwrap();
    assert_eq!((role.partition(), role.role_name()), ("aws-us-gov", "Deploy"));
    assert_eq!(role.account_id(), AccountId::parse("012345678901").unwrap());
}

#[test]
fn policy_arns() {
    let longest = format!("arn:aws:iam::012345678901:policy/{}/{}", "p".repeat(1886), "n".repeat(128));
    assert_eq!(longest.len(), 2048);
    let rules = Rules {
        good: &[
            "arn:aws:iam::aws:policy/ReadOnlyAccess",
            "arn:aws:iam::aws:policy/job-function/Billing",
            "arn:aws-cn:iam::012345678901:policy/x",
            &longest,
        ],
        bad: &[
            ("", "20 to 2048"),
            (&format!("{longest}n"), "2049 characters"),
            ("arn:aws:iam::012345678901:policy/", "policy name: it has 0 characters"),
            ("arn:aws:iam::012345678901:policy", "policy/NAME"),
            ("arn:aws:iam::012345678901:policy/Read:Only", "':' at byte 4 is not allowed"),
            (
                &format!("arn:aws:iam::012345678901:policy/{}", "n".repeat(129)),
                "policy name: it has 129 characters",
            ),
            ("arn:aws:iam::012345678901:role/Deploy", "policy/NAME"),
            ("arn:aws:iam::AWS:policy/ReadOnlyAccess", "twelve digits"),
            ("arn:aws:s3:::bucket/key-of-some-length", "arn:PARTITION:iam::ACCOUNT:RESOURCE"),
        ],
        around: ("arn:aws:iam::012345678901:policy/Read", "Only"),
    };
    hold(PolicyArn::parse, &rules);
}

#[test]
fn role_session_names() {
    let rules = Rules {
        good: &["ab", &"a".repeat(64), "azAZ09_+=,.@-", "alice@example.com"],
        bad: &[
            ("a", "2 to 64"),
            (&"a".repeat(65), "65 characters"),
            ("a:b", "':'"),
            ("a/b", "'/'"),
            ("a%b", "'%'"),
        ],
        around: ("alice", "bob"),
    };
    hold(RoleSessionName::parse, &rules);
}

#[test]
fn saml_provider_arns() {
    let longest = format!("arn:aws:iam::111122223333:saml-provider/{}", "a".repeat(128));
    let rules = Rules {
        good: &[
            "arn:aws:iam::111122223333:saml-provider/a",
            "arn:aws-cn:iam::000000000000:saml-provider/azAZ09_.-",
            &longest,
        ],
        bad: &[
            ("arn:aws:iam::111122223333:saml-provider/", "0 characters"),
            (&format!("{longest}a"), "129 characters"),
            ("arn:aws:iam::111122223333:role/Corp", "saml-provider/NAME"),
            ("arn:aws:iam::1111:saml-provider/Corp", "twelve digits"),
            ("arn:aws:sts::111122223333:saml-provider/Corp", "arn:PARTITION:iam"),
            ("arn:aws:iam::111122223333:saml-provider/a/b", "'/' at byte 1"),
        ],
        around: ("arn:aws:iam::111122223333:saml-provider/Co", "rp"),
    };
    hold(SamlProviderArn::parse, &rules);
    let partition = SamlProviderArn::parse(rules.good[1]).unwrap().partition().to_owned();
    assert_eq!(partition, "aws-cn");
}

#[test]
fn source_identities() {
    let rules = Rules {
        good: &["ab", &"a".repeat(64), "azAZ09_+=,.@-", "aws"],
        bad: &[("a", "2 to 64"), (&"a".repeat(65), "65 characters"), ("aws:alice", "':'")],
        around: ("alice", "bob"),
    };
    hold(SourceIdentity::parse, &rules);
}

#[test]
fn federated_user_names() {
    let rules = Rules {
        good: &["bo", &"b".repeat(32), "azAZ09_+=,.@-"],
        bad: &[
            ("", "2 to 32"),
            ("b", "1 characters"),
            (&"b".repeat(33), "33 characters"),
            ("b b", "' ' at byte 1"),
            ("a:b", "':' at byte 1"),
        ],
        around: ("bob", "carol"),
    };
    hold(FederatedUserName::parse, &rules);
}

#[test]
fn external_ids() {
    let rules = Rules {
        good: &["ab", &"a".repeat(1224), "azAZ09_+=,.@:/-"],
        bad: &[("a", "2 to 1224"), (&"a".repeat(1225), "1225 characters"), ("a%b", "'%' at byte 1")],
        around: ("customer", "42"),
    };
    hold(ExternalId::parse, &rules);
}

#[test]
fn serial_numbers() {
    let rules = Rules {
        good: &[
            "GAHT12345678",
            "123456789",
            &"a".repeat(256),
            "arn:aws:iam::012345678901:mfa/alice@example.com",
        ],
        bad: &[
            ("12345678", "9 to 256"),
            (&"a".repeat(257), "257 characters"),
            ("GAHT1234%5678", "'%' at byte 8"),
        ],
        around: ("arn:aws:iam::012345678901:mfa/ali", "ce"),
    };
    hold(SerialNumber::parse, &rules);
}

#[test]
fn access_key_ids() {
    let rules = Rules {
        good: &["AKIAIOSFODNN7EXAMPLE", &"A".repeat(16), &"A".repeat(128), "azAZ09_azAZ09_azAZ09"],
        bad: &[
            (&"A".repeat(15), "16 to 128"),
            (&"A".repeat(129), "129 characters"),
            ("AKIAIOSFODNN7EXAMPLE/x", "'/' at byte 20"),
        ],
        around: ("AKIAIOSFODNN7", "EXAMPLE"),
    };
    hold(AccessKeyId::parse, &rules);
}

/// Where these are asked for, people paste secrets.
#[test]
fn an_access_key_id_and_a_token_code_are_not_repeated() {
    let pasted = "AKIAIOSFODNN7EXAMPLE wJalrXUtnFEMI/K7MDENG/bPxRfiCYzEXAMPLEKEY";
    assert_clean(
        text_of(&AccessKeyId::parse(pasted).unwrap_err()),
        ["wJalrXUtnFEMI/K7MDENG/bPxRfiCYzEXAMPLEKEY"],
    );
    for bad in ["hunter2-hunter2", "8675309", "86753\u{660}", "8675 30", "86753o", "+86753"] {
        let error = TokenCode::parse(bad).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::InvalidInput);
        assert!(error.to_string().contains("six digits"), "{error}");
        assert_clean(text_of(&error), [bad]);
    }
    assert_eq!(TokenCode::parse("\t086753\n").unwrap().expose(), "086753");
}

/// A message that is as long as its input would fill a log.
#[test]
fn a_long_text_is_cut_in_the_message() {
    let error = SessionId::parse(&"x".repeat(1_000_000)).unwrap_err();
    assert!(error.to_string().len() < 300, "{} bytes", error.to_string().len());
}

/// Texts that come near to being names, and any other.
fn text() -> impl Strategy<Value = String> {
    let near = "(arn:aws(-cn)?:iam::[0-9]{0,13}:(role|policy|mfa)/)?[a-zA-Z0-9_+=,.@:/%-]{0,70}";
    prop_oneof![3 => near, 1 => any::<String>(), 1 => "[a-zA-Z0-9]{0,20}\\PC[a-zA-Z0-9]{0,20}"]
}

fn is_itself<T>(text: &str) -> Result<(), TestCaseError>
where
    T: Display + FromStr<Err = Error>,
{
    match text.parse::<T>() {
        Ok(name) => prop_assert_eq!(name.to_string(), text),
        Err(error) => prop_assert_eq!(error.kind(), ErrorKind::InvalidInput),
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: times_as_many(1000), failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_text_is_a_name_that_prints_as_it_is_or_is_refused(text in text()) {
        is_itself::<AccessKeyId>(&text)?;
        is_itself::<AccountId>(&text)?;
        is_itself::<ExternalId>(&text)?;
        is_itself::<PolicyArn>(&text)?;
        is_itself::<ProfileName>(&text)?;
        is_itself::<Region>(&text)?;
        is_itself::<RoleArn>(&text)?;
        is_itself::<RoleSessionName>(&text)?;
        is_itself::<SamlProviderArn>(&text)?;
        is_itself::<SerialNumber>(&text)?;
        is_itself::<SessionId>(&text)?;
        is_itself::<SourceIdentity>(&text)?;
        is_itself::<FederatedUserName>(&text)?;
        if let Ok(code) = TokenCode::parse(&text) {
            prop_assert_eq!(code.expose(), text.trim());
        }
    }

    #[test]
    fn what_is_no_line_never_passes(text in "\\PC{1,40}", breaker in "[\\x00-\\x1f\\x7f\\]]", at in 0_usize..40) {
        let at = text.char_indices().map(|(at, _)| at).nth(at).unwrap_or(0);
        let text = format!("{}{breaker}{}", &text[..at], &text[at..]);
        prop_assert!(ProfileName::parse(&text).is_err(), "{:?}", text);
        prop_assert!(SessionId::parse(&text).is_err(), "{:?}", text);
        prop_assert!(RoleArn::parse(&text).is_err(), "{:?}", text);
    }
}

#[test]
fn a_profile_that_every_other_would_inherit_is_refused() {
    assert_eq!(ProfileName::parse("DEFAULT").unwrap_err().kind(), ErrorKind::InvalidInput);
    ProfileName::parse("default").unwrap();
}
