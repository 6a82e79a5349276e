//! What a sync makes, keeps and retires.
#![expect(clippy::unwrap_used, reason = "a step that fails is a test that fails")]

use std::collections::BTreeSet;

use leapp_core::aws::{AssignedRole, PortalAccount, RoleDefinition, RoleSync, SyncChange};
use leapp_core::{AccountId, ProfileName, Region, SessionId};
use proptest::prelude::*;

fn role(account: u64, name: &str, role_name: &str) -> AssignedRole {
    let account_id = AccountId::parse(&format!("{account:012}")).unwrap();
    AssignedRole::new(PortalAccount::new(account_id, name, "x@example.com"), role_name)
}

fn session(name: &str) -> SessionId {
    SessionId::parse(name).unwrap()
}

fn by_hand(account: u64, role_name: &str, name: &str) -> RoleDefinition {
    RoleDefinition {
        session: session(name),
        account_id: AccountId::parse(&format!("{account:012}")).unwrap(),
        role_name: role_name.to_owned(),
        profile: Some(ProfileName::parse("mine").unwrap()),
        region: None,
        is_synced: false,
        is_retired: false,
    }
}

#[test]
fn what_is_new_is_made_with_a_profile_of_its_own() {
    let mut definitions = vec![by_hand(1, "Admin", "mine")];
    let offered = [role(1, "Dev", "Admin"), role(1, "Dev", "ReadOnly"), role(2, "Prod (EU)", "ReadOnly")];
    let region = Region::parse("eu-west-1").unwrap();
    let sync = RoleSync::new().with_profiles().with_region(region.clone());
    let changes = sync.apply(&mut definitions, &offered);
    let [dev, prod] = [session("Dev.ReadOnly"), session("Prod-EU.ReadOnly")];
    assert_eq!(changes, [SyncChange::Made(dev.clone()), SyncChange::Made(prod)]);
    assert_eq!(definitions[0], by_hand(1, "Admin", "mine"), "what a person wrote is known by what it is");
    assert_eq!(definitions[1].profile.as_ref().unwrap().as_str(), dev.as_str());
    assert_eq!(definitions[1].region, Some(region));
}

/// Leapp deleted what vanished, with what a person had made of it.
#[test]
fn what_vanishes_is_retired_and_comes_back_as_the_person_left_it() {
    let offered = [role(1, "Dev", "Admin"), role(1, "Dev", "ReadOnly")];
    let mut definitions = Vec::new();
    RoleSync::new().apply(&mut definitions, &offered);
    definitions[1].session = session("look");
    definitions[1].profile = Some(ProfileName::parse("look").unwrap());
    definitions[1].region = Some(Region::parse("us-east-1").unwrap());
    let edited = definitions.clone();

    let changes = RoleSync::new().with_profiles().apply(&mut definitions, &offered[..1]);
    assert_eq!(changes, [SyncChange::Retired(session("look"))]);
    assert!(definitions[1].is_retired);
    assert!(RoleSync::new().apply(&mut definitions, &offered[..1]).is_empty(), "it is retired once");
    let changes = RoleSync::new().apply(&mut definitions, &offered);
    assert_eq!(changes, [SyncChange::Returned(session("look"))]);
    assert_eq!(definitions, edited);
}

#[test]
fn what_a_person_wrote_is_never_retired() {
    let mut definitions = vec![by_hand(1, "Admin", "mine")];
    assert!(RoleSync::new().apply(&mut definitions, &[]).is_empty());
    assert_eq!(definitions, [by_hand(1, "Admin", "mine")]);
}

#[test]
fn two_accounts_of_one_name_and_names_that_are_taken_are_told_apart() {
    let offered =
        [role(1, "Dev", "Admin"), role(2, "Dev", "Admin"), role(3, "", "Admin"), role(4, "日本", "A=b,c")];
    let mut definitions = Vec::new();
    let sync =
        RoleSync::new().with_taken_names(["000000000002.Admin".to_owned(), "000000000003.Admin".to_owned()]);
    sync.apply(&mut definitions, &offered);
    let names: Vec<_> = definitions.iter().map(|definition| definition.session.as_str()).collect();
    assert_eq!(
        names,
        ["000000000001.Admin", "000000000002.Admin.2", "000000000003.Admin.2", "000000000004.A-b-c"]
    );
}

/// Whatever order the portal lists them in, and whichever machine asks.
#[test]
fn names_do_not_depend_on_the_order_and_differ_by_more_than_capitals() {
    let mut offered = vec![
        role(1, "Prod", "Admin"),
        role(2, "prod", "Admin"),
        role(3, "-x", "--help"),
        role(4, "Test", "A"),
    ];
    let named = |offered: &[AssignedRole]| {
        let mut definitions = Vec::new();
        RoleSync::new()
            .with_taken_names(["TEST.a".to_owned()])
            .with_taken_names([])
            .apply(&mut definitions, offered);
        let name = |definition: &RoleDefinition| (definition.account_id.clone(), definition.session.clone());
        let mut names: Vec<_> = definitions.iter().map(name).collect();
        names.sort();
        names
    };
    let one = named(&offered);
    offered.reverse();
    assert_eq!(named(&offered), one);
    let names: Vec<&str> = one.iter().map(|(_, name)| name.as_str()).collect();
    assert_eq!(names, ["000000000001.Admin", "000000000002.Admin", "x.help", "000000000004.A"]);
}

fn offered() -> impl Strategy<Value = Vec<AssignedRole>> {
    let one = (0_u64..4, 0_usize..3, 0_usize..4);
    let names = ["Dev", "Dev", "Very long and with signs: äöü %&/ and more of them, up to the end of it all"];
    let roles = [
        "Admin",
        "ReadOnly",
        "a+b=c,d.e@f-g_h",
        "R1234567890123456789012345678901234567890123456789012345678901",
    ];
    proptest::collection::vec(one, 0..10).prop_map(move |picks| {
        picks
            .into_iter()
            .map(|(account, name, role_name)| role(account, names[name], roles[role_name]))
            .collect()
    })
}

proptest! {
    #[test]
    fn any_two_lists_in_a_row_leave_every_edit_and_every_name_apart(first in offered(), second in offered(), hand in 0_u64..4) {
        let sync = RoleSync::new().with_profiles();
        let mut definitions = vec![by_hand(hand, "Admin", "mine")];
        sync.apply(&mut definitions, &first);
        for (number, definition) in definitions.iter_mut().enumerate().filter(|(number, _)| number % 2 == 1) {
            definition.session = session(&format!("edited-{number}"));
            definition.profile = None;
        }
        let before = definitions.clone();
        sync.apply(&mut definitions, &second);
        for (before, after) in before.iter().zip(&definitions) {
            let as_before = RoleDefinition { is_retired: before.is_retired, ..after.clone() };
            prop_assert_eq!(before, &as_before);
        }
        prop_assert_eq!(&definitions[0], &by_hand(hand, "Admin", "mine"));
        let is_of = |definition: &RoleDefinition, offered: &AssignedRole| {
            definition.account_id == offered.account.account_id && definition.role_name == offered.role_name
        };
        for offered in &second {
            let of_it = definitions.iter().filter(|definition| is_of(definition, offered)).collect::<Vec<_>>();
            prop_assert!(of_it.len() == 1 && !of_it[0].is_retired);
        }
        for definition in definitions.iter().filter(|definition| definition.is_synced) {
            prop_assert_eq!(definition.is_retired, !second.iter().any(|offered| is_of(definition, offered)));
        }
        let sessions: BTreeSet<_> = definitions.iter().map(|definition| &definition.session).collect();
        prop_assert_eq!(sessions.len(), definitions.len());
        let again = definitions.clone();
        prop_assert!(sync.apply(&mut definitions, &second).is_empty());
        prop_assert_eq!(again, definitions);
    }
}
