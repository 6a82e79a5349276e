//! What people and their tools do to our profiles meanwhile, and to those that a session uses.

use super::*;

#[test]
fn a_comment_stays_one_behind_another_value() {
    for value in ["old ; c", "; c", "\t# c", "\u{b}; c", "old\u{c}# c"] {
        let mine = format!("[ops]\naws_session_token={value}\n");
        let steps = [Step::Adopt("s", "ops"), Step::Change(publish("s", "ops", 1, false))];
        let published = after(mine.as_bytes(), &steps);
        assert_eq!(published.value("ops", "aws_session_token").unwrap().expose(), "token;1", "{mine:?}");
        assert_eq!(withdraw_all(&published), mine.as_bytes());
    }
}

#[test]
fn what_a_person_does_to_an_adopted_profile_costs_them_nothing() {
    let mine = "[ops]\naws_secret_access_key = mine\n";
    let begin = [Step::Adopt("s", "ops"), Step::Change(publish("s", "ops", 1, false))];
    let published = String::from_utf8(after(mine.as_bytes(), &begin).to_bytes().to_vec()).unwrap();
    let (ours, remembered) = ("aws_secret_access_key = secret=1\n", published.lines().last().unwrap());
    assert!(published.contains(ours) && remembered.starts_with(PUBLISHED));
    for (what, edited, expected) in [
        ("removes what we remember", published.replace(&format!("{remembered}\n"), ""), mine.to_owned()),
        ("indents a note", published.replace(ours, &format!("{ours}  # old\n")), format!("{mine}  # old\n")),
        (
            "adds a value at the end",
            format!("{published}aws_secret_access_key = new\n"),
            format!("{mine}aws_secret_access_key = new\n"),
        ),
        (
            "adds a value at the beginning",
            published.replace("[ops]\n", "[ops]\naws_secret_access_key = new\n"),
            mine.replace("[ops]\n", "[ops]\naws_secret_access_key = new\n"),
        ),
        (
            "writes over ours",
            published.replace(ours, "aws_secret_access_key = new\n"),
            "[ops]\naws_secret_access_key = new\n".to_owned(),
        ),
        ("removes ours", published.replace(ours, ""), mine.to_owned()),
        ("damages what we remember", published.replace(remembered, "x_leapp_published = "), mine.to_owned()),
    ] {
        let next = [Step::Change(publish("s", "ops", 2, true)), Step::Adopt("t", "ops")];
        for count in 0..=next.len() {
            let left = withdraw_all(&after(edited.as_bytes(), &next[..count]));
            assert_eq!(String::from_utf8_lossy(&left), expected, "a person {what}; then {count} steps");
        }
    }
}

/// As tools write a section that quote what they need not quote.
fn quoted(section: &str, before: &str) -> String {
    let quoted = section.lines().map(|line| match line.split_once(" = ") {
        Some((key, value)) => format!("{key} = \"{value}\"\n"),
        None => format!("{line}\n"),
    });
    before.to_owned() + &quoted.collect::<String>()
}

#[test]
fn a_damaged_memory_costs_nobody_their_keys() {
    let theirs = "[ops]\naws_access_key_id = AKIAMINE\naws_secret_access_key = mine\n";
    for damaged in ["x_leapp_published =\n", "x_leapp_writer = w0\nx_leapp_published = 1\n"] {
        let adopted = after(format!("{theirs}{damaged}").as_bytes(), &[Step::Adopt("t", "ops")]);
        assert_eq!(String::from_utf8_lossy(&withdraw_all(&adopted)), theirs);
    }
}

#[test]
fn a_note_below_what_we_remember_continues_no_value_of_a_persons() {
    let mine = b"[ops]\naws_secret_access_key = mine\n";
    let published = after(mine, &[Step::Adopt("s", "ops"), Step::Change(publish("s", "ops", 1, false))]);
    let edited = [published.to_bytes().as_slice(), b"  # note\n"].concat();
    assert_eq!(withdraw_all(&Document::parse(&edited)), mine);
}

#[test]
fn a_persons_end_of_the_file_stays_theirs_when_several_profiles_go_at_once() {
    let published = after(b"", &[Step::Change(publish("s", "ops", 1, false))]);
    let text = String::from_utf8(published.to_bytes().to_vec()).unwrap();
    let theirs = "region = eu-north-1\noutput = json\n";
    let edited = text.replace("aws_access_key_id", &format!("{theirs}aws_access_key_id"));
    let both = after(edited.trim_end().as_bytes(), &[Step::Change(publish("s", "dev", 1, false))]);
    let mut left = both.clone();
    left.withdraw_orphans(&both.orphans(&|_| false), &|_| false);
    assert_eq!(String::from_utf8_lossy(&left.to_bytes()), format!("[ops]\n{theirs}"));
}

#[test]
fn what_a_person_notes_in_a_value_stays_when_they_write_over_it() {
    let mine = "[ops]\naws_session_token =\n; note\n  mine\n";
    let begin = [Step::Adopt("s", "ops"), Step::Change(publish("s", "ops", 1, false))];
    let published = String::from_utf8(after(mine.as_bytes(), &begin).to_bytes().to_vec()).unwrap();
    let edited = published.replace("token;1", "new");
    assert_eq!(
        withdraw_all(&Document::parse(edited.as_bytes())),
        b"[ops]\n; note\naws_session_token = new\n"
    );
}

#[test]
fn what_we_remember_says_whose_a_section_is_when_the_marks_are_gone() {
    let published = after(b"", &[Step::Change(publish("s", "ops", 1, false))]);
    let text = String::from_utf8(published.to_bytes().to_vec()).unwrap();
    let unmarked: String = text
        .split_inclusive('\n')
        .filter(|line| !line.starts_with(MARK) && !line.starts_with(WRITER))
        .collect();
    let adopted = after(unmarked.as_bytes(), &[Step::Adopt("t", "ops")]);
    assert_eq!(withdraw_all(&adopted), b"[ops]\n", "nothing of ours has become theirs");
}

#[test]
fn what_a_person_writes_into_a_profile_of_ours_is_not_lost() {
    let theirs = "[a]\naws_access_key_id = AKIAMINE\naws_secret_access_key = mine\n";
    let published = after(theirs.as_bytes(), &[Step::Change(publish("s", "ops", 1, false))]);
    let published = String::from_utf8(published.to_bytes().to_vec()).unwrap();
    let other = after(b"", &[Step::Change(publish("t", "dev", 4, true))]);
    let configured =
        published.replace("= ASIAIOSFODNN7EXAMPLE\n", "= AKIANEW\n").replace("= secret=1\n", "= new\n");
    for (what, edited, expected) in [
        (
            "gives it a Region",
            format!("{published}region = eu-north-1\n"),
            format!("{theirs}[ops]\nregion = eu-north-1\n"),
        ),
        (
            "puts long-lived keys there",
            configured,
            format!("{theirs}[ops]\naws_access_key_id = AKIANEW\naws_secret_access_key = new\n"),
        ),
        ("removes our header", published.replace("[ops]\n", ""), theirs.to_owned()),
        ("indents a note", published.replace("= secret=1\n", "= secret=1\n  # old\n"), theirs.to_owned()),
        ("lets a tool quote everything", quoted(&published[theirs.len()..], theirs), theirs.to_owned()),
        (
            "joins two profiles of ours",
            published.clone() + str::from_utf8(&other.to_bytes()).unwrap().strip_prefix("[dev]\n").unwrap(),
            theirs.to_owned(),
        ),
    ] {
        let next = [Step::Change(publish("s", "ops", 2, false)), Step::Change(publish("s", "ops", 3, true))];
        for count in 0..=next.len() {
            let text = after(edited.as_bytes(), &next[..count]);
            let mut left = text.clone();
            left.withdraw_orphans(&text.orphans(&|_| false), &|_| false);
            assert_eq!(
                String::from_utf8_lossy(&left.to_bytes()),
                expected,
                "a person {what}; then {count} steps"
            );
        }
    }
    let with_region = format!("{published}region = eu-north-1\n");
    let again = after(with_region.as_bytes(), &[Step::Change(publish("s", "ops", 2, false))]);
    assert_eq!(again.value("ops", "region").unwrap().expose(), "eu-north-1", "it counts meanwhile");
}

#[test]
fn a_half_line_break_at_the_end_is_no_other_value() {
    let mine = b"[profile ops]\r\ncredential_process = /opt/theirs\r\n";
    let mut document = Document::parse_config(mine);
    for step in [Step::Adopt("s", "ops"), Step::Change(publish("s", "ops", 1, false))] {
        apply(&mut document, &step).unwrap();
    }
    let text = document.into_bytes();
    let cut = Document::parse_config(text.strip_suffix(b"\n").unwrap());
    assert_eq!(withdraw_all(&cut), mine.strip_suffix(b"\r\n").unwrap());
}
