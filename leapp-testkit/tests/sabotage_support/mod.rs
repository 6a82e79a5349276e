//! Judges a suite: its clauses are the contract's, its reference passes, and each clause rejects what breaks it.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Mutex, PoisonError};

use leapp_testkit::conformance::{Clause, block_on};

/// One at a time: what a saboteur logs on a thread of its own reaches every capture of the process.
static TURN: Mutex<()> = Mutex::new(());

/// A backend that is broken on purpose, and the clause that must notice.
pub(crate) struct Saboteur<T: ?Sized> {
    pub(crate) clause: &'static str,
    pub(crate) name: String,
    pub(crate) subject: Arc<T>,
}

impl<T: ?Sized> Saboteur<T> {
    pub(crate) fn new(clause: &'static str, name: impl std::fmt::Debug, subject: Arc<T>) -> Self {
        Self { clause, name: format!("{name:?}"), subject }
    }
}

/// The clauses are those that the trait's documentation lists, in its order.
pub(crate) fn clauses_are_the_contracts<T: ?Sized>(clauses: &[Clause<T>], source: &str) {
    let titles = source.lines().filter_map(|line| line.strip_prefix("/// - **")?.split_once("**"));
    let titles: Vec<String> = titles.map(|(title, _)| function_name(title)).collect();
    assert!(!titles.is_empty(), "the contract's list is not where it was");
    assert_eq!(clauses.iter().map(|clause| clause.name).collect::<Vec<_>>(), titles);
}

/// A backend that keeps the contract passes every clause.
pub(crate) fn passes<T: ?Sized>(clauses: &[Clause<T>], reference: impl Fn() -> Arc<T>) {
    let _turn = TURN.lock().unwrap_or_else(PoisonError::into_inner);
    for clause in clauses {
        block_on(clause.run(reference()));
    }
}

/// Every clause has a saboteur, and rejects each of its own in its own name.
pub(crate) fn every_saboteur_is_rejected<T: ?Sized>(clauses: &[Clause<T>], saboteurs: Vec<Saboteur<T>>) {
    let _turn = TURN.lock().unwrap_or_else(PoisonError::into_inner);
    for clause in clauses {
        let has_saboteur = saboteurs.iter().any(|saboteur| saboteur.clause == clause.name);
        assert!(has_saboteur, "no saboteur shows that `{}` can fail", clause.name);
    }
    let mut accepted = Vec::new();
    for Saboteur { clause, name, subject } in saboteurs {
        let clause = clauses.iter().find(|known| known.name == clause).expect("a saboteur of no clause");
        let message = catch_unwind(AssertUnwindSafe(|| block_on(clause.run(subject)))).err().map(|panic| {
            panic.downcast_ref::<String>().cloned().unwrap_or_else(|| "a panic of another kind".into())
        });
        match message {
            Some(message) if named_in(&message) == clause.name => {}
            other => accepted.push(format!("{name} by {}: {other:?}", clause.name)),
        }
    }
    assert!(accepted.is_empty(), "not rejected: {accepted:#?}");
}

/// The clause that a verdict names: `the vault breaks "round trip": ..`.
fn named_in(message: &str) -> String {
    let title = message.split_once(" breaks \"").and_then(|(_, rest)| rest.split_once("\": "));
    function_name(title.map_or("", |(title, _)| title))
}

fn function_name(title: &str) -> String {
    title.replace('\'', "").replace([' ', '-'], "_")
}
