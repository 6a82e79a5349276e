//! Secrets leave no copy in memory, and copies that are left are found.
#![cfg(target_os = "linux")]
#![expect(clippy::unwrap_used, reason = "a test stops at what it did not expect")]

use std::hint::black_box;
use std::sync::{Mutex, mpsc};
use std::thread;

use leapp_core::{AccessKey, AccessKeyId, Secret};
use leapp_testkit::leak::Canary;
use zeroize::Zeroizing;

fn id() -> AccessKeyId {
    AccessKeyId::parse("AKIAIOSFODNN7EXAMPLE").unwrap()
}

#[test]
fn a_canary_holds_no_copy_of_itself() {
    let canary = Canary::new();
    assert_eq!(canary.copies().unwrap(), 0);
    let text = canary.text();
    assert_eq!(canary.copies().unwrap(), 1);
    drop(text);
    assert_eq!(canary.copies().unwrap(), 0);
}

#[test]
fn of_a_secret_that_somebody_else_made_the_middle_is_looked_for() {
    let made = Canary::new();
    let (short, long) = (made.text(), Zeroizing::new(format!("{0}{1}{0}", "=".repeat(100), *made.text())));
    let (watched, in_the_middle) = (Canary::of(&short), Canary::of(&long));
    for canary in [&made, &watched, &in_the_middle] {
        assert_eq!(canary.copies().unwrap(), 2, "{canary:?}");
    }
    drop((short, long));
    for canary in [made, watched, in_the_middle] {
        assert_eq!(canary.copies().unwrap(), 0, "{canary:?}");
    }
}

#[test]
fn every_planted_copy_is_found() {
    let canary = Canary::new();
    let planted: Vec<String> = (0..5).map(|_| canary.text().to_string()).collect();
    // On the heap, across the borders of what is read at once.
    let mut large = vec![0_u8; 1 << 20];
    for at in [0, (64 << 10) - 20, 300_001, (1 << 20) - 40] {
        large[at..at + 40].copy_from_slice(canary.text().as_bytes());
    }
    let mut on_the_stack = [0_u8; 40];
    on_the_stack.copy_from_slice(canary.text().as_bytes());
    let copies = canary.copies().unwrap();
    assert!(copies >= 10, "{copies} of 10 found");
    assert_eq!((planted.len(), large.len(), on_the_stack.len()), (5, 1 << 20, 40));
}

/// What a thread holds on its stack, as it waits.
fn with_a_copy_on_a_stack(canary: &Canary, look: impl FnOnce()) {
    let (held, is_held) = mpsc::channel();
    let (done, is_done) = mpsc::channel::<()>();
    thread::scope(|scope| {
        scope.spawn(move || {
            let mut on_the_stack = Zeroizing::new([0_u8; 40]);
            on_the_stack.copy_from_slice(canary.text().as_bytes());
            black_box(&mut on_the_stack);
            held.send(()).unwrap();
            is_done.recv().unwrap_err();
            black_box(&mut on_the_stack);
        });
        is_held.recv().unwrap();
        look();
        drop(done);
    });
}

#[test]
fn what_a_stack_holds_is_not_on_the_heap() {
    let canary = Canary::new();
    with_a_copy_on_a_stack(&canary, || {
        assert!(canary.copies().unwrap() >= 1);
        assert_eq!(canary.copies_on_the_heap().unwrap(), 0);
    });
}

/// Small and large, of the first thread's heap and of others', and statics.
#[test]
fn every_copy_on_a_heap_counts_whichever_thread_made_it() {
    static KEPT: Mutex<[u8; 40]> = Mutex::new([0; 40]);
    let canary = Canary::new();
    let plant = |size: usize| {
        let mut planted = Zeroizing::new(vec![0_u8; size + 40]);
        planted[size..].copy_from_slice(canary.text().as_bytes());
        planted
    };
    const SIZES: [usize; 5] = [0, 1 << 10, 100 << 10, 1 << 20, 5 << 20];
    let mut planted: Vec<_> = SIZES.map(plant).into();
    for _ in 0..8 {
        planted.extend(thread::scope(|scope| scope.spawn(|| SIZES.map(plant)).join().unwrap()));
    }
    KEPT.lock().unwrap().copy_from_slice(canary.text().as_bytes());
    assert_eq!(canary.copies_on_the_heap().unwrap(), planted.len() + 1);
    KEPT.lock().unwrap().fill(0);
    drop(planted);
    assert_eq!(canary.copies_on_the_heap().unwrap(), 0);
}

#[test]
fn a_secret_is_one_copy_however_often_it_is_cloned_and_none_when_it_is_gone() {
    let canary = Canary::new();
    let secret = Secret::from(canary.text());
    let clones: Vec<Secret> = (0..10).map(|_| secret.clone()).collect();
    assert_eq!(canary.copies().unwrap(), 1);
    drop(secret);
    assert_eq!(canary.copies().unwrap(), 1);
    drop(clones);
    assert_eq!(canary.copies().unwrap(), 0);
}

#[test]
fn a_record_of_the_vault_is_wiped_with_what_was_read_from_it() {
    let canary = Canary::new();
    let key = AccessKey::new(id(), Secret::from(canary.text())).unwrap();
    let record = key.to_record();
    let read = AccessKey::from_record(&record).unwrap();
    assert_eq!(canary.copies().unwrap(), 3, "the key's, the record's, and that of the key read back");
    drop((key, record, read));
    assert_eq!(canary.copies().unwrap(), 0);
}
