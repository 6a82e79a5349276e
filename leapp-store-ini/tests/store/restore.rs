//! Whatever the file was and whatever is published and withdrawn: in the end it is what it was.
//!
//! Here the edits are looked at through the sink's real writes, so the cases are few; what they do to a text without
//! any file is checked a thousandfold in `src/edit`.

use leapp_core::Change;
use leapp_testkit::cases::times_as_many;
use proptest::prelude::*;

use crate::scene::{Scene, publish_in, withdraw};

fn change() -> impl Strategy<Value = Change> {
    let names = || (prop::sample::select(vec!["s", "t"]), prop::sample::select(vec!["dev", "ops", "qa"]));
    prop_oneof![
        (names(), any::<u16>(), any::<bool>()).prop_map(|((session, profile), number, has_region)| {
            publish_in(session, profile, number.into(), has_region.then_some("eu-west-1"))
        }),
        names().prop_map(|(session, profile)| withdraw(session, profile)),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: times_as_many(12), failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_sequence_of_batches_restores_the_file(
        before: Vec<u8>,
        batches in prop::collection::vec(prop::collection::vec(change(), 0..4), 0..4),
    ) {
        let scene = Scene::with(&before);
        for batch in &batches {
            scene.apply(batch).unwrap();
        }
        let all = ["dev", "ops", "qa"].into_iter().flat_map(|profile| ["s", "t"].map(|s| withdraw(s, profile)));
        scene.apply(&all.collect::<Vec<_>>()).unwrap();
        prop_assert_eq!(scene.read(), before);
        prop_assert_eq!(scene.names(), ["credentials"]);
    }
}
