//! Other writers.

use super::*;

#[test]
fn a_change_between_reading_and_replacing_is_merged() {
    for can_exchange in [true, false] {
        for foreign in [write_in_place, replace_by_rename] {
            let scene = Scene::new(Some(BEFORE));
            scene.publish_during(can_exchange, || foreign(&scene.place.target, FOREIGN)).unwrap();
            scene.assert_holds_ours_and(FOREIGN);
        }
    }
}

#[test]
fn a_file_that_appears_between_reading_and_creating_is_merged() {
    let scene = Scene::new(None);
    scene.publish_during(true, || write_in_place(&scene.place.target, FOREIGN)).unwrap();
    scene.assert_holds_ours_and(FOREIGN);
}

#[test]
fn a_file_that_disappears_between_reading_and_replacing_is_gone() {
    for can_exchange in [true, false] {
        let scene = Scene::new(Some(BEFORE));
        scene.publish_during(can_exchange, || fs::remove_file(&scene.place.target).unwrap()).unwrap();
        scene.assert_holds_ours_and("[dev]");
    }
}

#[test]
fn a_profile_that_becomes_theirs_between_reading_and_replacing_stays_theirs() {
    let theirs = format!("{BEFORE}[dev]\nregion = eu-west-1\n");
    for can_exchange in [true, false] {
        let scene = Scene::new(Some(BEFORE));
        let outcome = scene.publish_during(can_exchange, || write_in_place(&scene.place.target, &theirs));
        assert_eq!(outcome.unwrap_err().kind(), ErrorKind::NotOurs);
        assert_eq!(scene.text(), theirs);
        assert!(!scene.place.temp.exists());
    }
}

#[test]
fn a_writer_that_truncated_and_is_not_done_is_waited_for() {
    for can_exchange in [true, false] {
        let scene = Scene::new(Some(BEFORE));
        let truncate = |path: &Path| OpenOptions::new().write(true).truncate(true).open(path).unwrap();
        let finish = |_: &Path, mut file: File| file.write_all(FOREIGN.as_bytes()).unwrap();
        scene.publish_around(can_exchange, truncate, finish).unwrap();
        scene.assert_holds_ours_and(FOREIGN);
    }
}

#[test]
fn what_a_slow_writer_puts_into_the_displaced_file_is_merged() {
    for can_exchange in [true, false] {
        let scene = Scene::new(Some(BEFORE));
        let open = |path: &Path| OpenOptions::new().write(true).open(path).unwrap();
        let finish = |_: &Path, mut slow: File| {
            slow.set_len(0).unwrap();
            slow.write_all(FOREIGN.as_bytes()).unwrap();
        };
        scene.publish_around(can_exchange, open, finish).unwrap();
        scene.assert_holds_ours_and(FOREIGN);
    }
}

#[test]
fn what_a_slow_writer_makes_its_own_in_the_displaced_file_is_restored() {
    let theirs = format!("{BEFORE}[dev]\nregion = eu-west-1\n");
    for can_exchange in [true, false] {
        let scene = Scene::new(Some(BEFORE));
        let open = |path: &Path| OpenOptions::new().write(true).open(path).unwrap();
        let finish = |_: &Path, mut slow: File| slow.write_all(theirs.as_bytes()).unwrap();
        let outcome = scene.publish_around(can_exchange, open, finish);
        assert_eq!(outcome.unwrap_err().kind(), ErrorKind::NotOurs);
        assert_eq!(scene.text(), theirs);
        assert!(!scene.place.temp.exists());
    }
}

#[test]
fn of_two_writers_at_once_the_one_under_the_files_name_counts() {
    let scene = Scene::new(Some(BEFORE));
    let open = |path: &Path| OpenOptions::new().write(true).open(path).unwrap();
    let finish = |path: &Path, mut slow: File| {
        slow.write_all(b"; late\n").unwrap();
        drop(slow);
        replace_by_rename(path, FOREIGN);
    };
    scene.publish_around(true, open, finish).unwrap();
    scene.assert_holds_ours_and(FOREIGN);
}

#[test]
fn a_stale_text_that_overwrites_ours_is_published_into() {
    for can_exchange in [true, false] {
        let scene = Scene::new(Some(BEFORE));
        scene.publish_around(can_exchange, |_| (), |path, ()| write_in_place(path, FOREIGN)).unwrap();
        scene.assert_holds_ours_and(FOREIGN);
    }
}

#[test]
fn a_profile_that_somebody_makes_theirs_after_us_is_theirs() {
    let theirs = format!("{BEFORE}[dev]\nregion = eu-west-1\n");
    let scene = Scene::new(Some(BEFORE));
    scene.publish_around(true, |_| (), |path, ()| write_in_place(path, &theirs)).unwrap();
    assert_eq!(scene.text(), theirs);
}

#[test]
fn a_writer_that_never_stops_is_reported_and_nothing_of_theirs_is_lost() {
    let scene = Scene::new(Some(BEFORE));
    let count = Cell::new(0);
    let outcome = scene.publish(true, &|path| {
        count.set(count.get() + 1);
        write_in_place(&scene.place.target, &format!("{FOREIGN}; {}\n", count.get()));
        temp::create(path)
    });
    assert_eq!(outcome.unwrap_err().kind(), ErrorKind::Busy);
    assert_eq!(scene.text(), format!("{FOREIGN}; {MAX_ROUNDS}\n"));
    assert!(!scene.place.temp.exists());
}

/// Some batches move a profile to the end each time they are applied. They are applied once.
#[test]
fn a_batch_that_is_not_idempotent_is_applied_once() {
    let scene = Scene::new(Some(BEFORE));
    let append = |bytes: &[u8]| Ok(FileBytes::copy_of(&[bytes, b"; once\n"].concat()));
    Protocol::new(&scene.place).replace(0, &append).unwrap();
    assert_eq!(scene.text(), format!("{BEFORE}; once\n"));
}

#[test]
fn a_file_that_looks_cut_short_is_read_until_it_holds_still() {
    for (cut, known_len) in [("", 0), ("[defa", 0), ("[default]\n", BEFORE.len())] {
        let scene = Scene::new(Some(cut));
        let finish = |_| write_in_place(&scene.place.target, FOREIGN);
        let reading = reading::settled(&scene.place.target, known_len, &finish).unwrap();
        assert_eq!(reading.bytes.as_slice(), FOREIGN.as_bytes(), "{cut:?}");
    }
}

/// As where the lock is known to one machine only: each takes the other's file for a dead process's.
#[cfg(unix)]
#[test]
fn half_a_text_of_another_writer_is_never_put_in_place() {
    for can_exchange in [true, false] {
        let scene = Scene::new(Some(BEFORE));
        let is_first = Cell::new(true);
        let outcome = scene.publish(can_exchange, &|path| {
            let ours = temp::create(path)?;
            if is_first.replace(false) {
                recover(&scene.place, &FileBytes::copy_of).unwrap();
                drop(temp::create(path)?);
                write_in_place(path, "[defau");
            }
            Ok(ours)
        });
        assert_eq!(outcome.unwrap_err().kind(), ErrorKind::Busy);
        assert_eq!(scene.text(), BEFORE);
    }
}
