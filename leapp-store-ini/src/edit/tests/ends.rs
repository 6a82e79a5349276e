//! How a file ends.

use super::*;

#[test]
fn the_end_of_a_file_without_a_line_break_comes_back_as_it_was() {
    let adopt = || Step::Adopt("s", "ops");
    let publish = |profile| Step::Change(publish("s", profile, 1, false));
    let withdraw = |profile| Step::Change(withdraw("s", profile));
    for mine in [
        "[ops]\naws_session_token =\n  mine",
        "[ops]\naws_session_token =\n  mine\r",
        "[ops]\naws_session_token = mine\r",
        "[ops]\r\naws_session_token = mine\r",
        "[ops] ;\r",
        "[ops]\r\n[x] ;\r\n[ops] ;\r",
        "[ops]\naws_credential_expiration = x\naws_session_token = mine\r",
        "[ops]\nregion = x\n  y\n  z\n; n\r\n; n\r\n[ops]",
        "[ops]",
        "[ops]\r\noutput = json\r\nregion = mine",
    ] {
        for begin in [[publish("dev"), adopt(), publish("ops")], [adopt(), publish("ops"), publish("dev")]] {
            for end in [["dev", "ops"], ["ops", "dev"]] {
                let steps = [&begin[..], &end.map(withdraw)].concat();
                assert_eq!(
                    after(mine.as_bytes(), &steps).to_bytes().escape_ascii().to_string(),
                    mine.escape_default().to_string(),
                    "{steps:?}"
                );
            }
        }
    }
}

#[test]
fn profiles_that_go_at_once_hand_on_what_is_ours_of_the_end() {
    let mine = b"[a]\nk = v";
    let steps = ["dev", "ops", "qa"].map(|profile| Step::Change(publish("s", profile, 1, false)));
    let all = after(mine, &steps);
    let orphans = all.orphans(&|_| false);
    for gone in [&orphans[..2], &orphans[1..], &orphans[..]] {
        let mut left = all.clone();
        left.withdraw_orphans(gone, &|_| false);
        assert_eq!(left.profiles().len(), 1 + orphans.len() - gone.len());
        assert_eq!(withdraw_all(&Document::from_bytes(left.into_bytes())), mine, "after {gone:?}");
    }
}
