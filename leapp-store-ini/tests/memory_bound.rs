//! However a file is built, reading it takes memory in proportion to it.

use std::hint::black_box;

use leapp_store_ini::Document;
use leapp_testkit::cases::times_as_many;

/// Bytes of memory to each byte of the file.
const MOST: f64 = 16.0;
const FLOOR: u64 = 64 << 10;
const SIZE: usize = 1 << 20;

/// Reads a file as both kinds, prints it and lists its profiles; says how many bytes of memory that took to each of its bytes.
fn memory(text: &[u8]) -> f64 {
    let measured = allocation_counter::measure(|| {
        for parse in [Document::parse, Document::parse_config] {
            let document = parse(text);
            assert_eq!(document.to_bytes().as_slice(), text);
            black_box(document.profiles());
        }
    });
    measured.bytes_max.saturating_sub(FLOOR) as f64 / text.len() as f64
}

#[test]
fn whatever_a_file_repeats() {
    for part in [
        "\n", "\r\n", "[\n", "[]\n", "[a]\n", "a\n", "=\n", "a=\n", " \n", " a\n", "#\n", "\r", "[", "a",
        "\0", "\u{feff}",
    ] {
        let most = memory(&part.as_bytes().repeat(SIZE / part.len()));
        println!("{part:?} again and again: {most:.1} bytes of memory to a byte");
        assert!(most <= MOST, "{part:?}: {most}");
    }
}

#[test]
fn profiles_with_names_of_their_own() {
    let text: String = (0..SIZE / 8).map(|number| format!("[{number:x}]\n")).collect();
    let most = memory(text.as_bytes());
    println!("as many profiles as there can be: {most:.1} bytes of memory to a byte");
    assert!(most <= MOST, "{most}");
}

#[test]
fn any_mixture() {
    let mut rng = fastrand::Rng::with_seed(1);
    let parts =
        ["\n", "[", "]", "a", "=", " ", "#", "\r", ";", "\t", "profile ", "[a]\n", "k = v\n", "\u{e9}"];
    let mut most: f64 = 0.0;
    for _ in 0..times_as_many(20) {
        let count = rng.usize(1..SIZE / 4);
        let text: String = (0..count).map(|_| parts[rng.usize(..parts.len())]).collect();
        most = most.max(memory(text.as_bytes()));
    }
    println!("mixtures: at most {most:.1} bytes of memory to a byte");
    assert!(most <= MOST, "{most}");
}
