//! One of 10,000 profiles gets new credentials, from the bytes of the file to its new bytes: ours, and rust-ini.
#![expect(clippy::unwrap_used, reason = "a bench that fails has nothing to go on with")]

use std::fmt::Write as _;
use std::time::{Duration, SystemTime};

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use ini::Ini;
use leapp_core::{AccessKeyId, Change, ProfileName, Secret, SessionCredentials, SessionId};
use leapp_store_ini::Document;

criterion_group!(benches, document);
criterion_main!(benches);

const PROFILES: usize = 10_000;
const CHANGED: &str = "profile-5000";
const NEW_TOKEN: &str = "a token that is new";

/// A section as this library writes it.
fn text() -> String {
    let token = "t".repeat(400);
    (0..PROFILES).fold(String::new(), |mut text, number| {
        writeln!(
            text,
            "[profile-{number}]\nx_leapp_session = session-{number}\naws_access_key_id = ASIA{number:016}\n\
             aws_secret_access_key = {0}\naws_session_token = {token}\n\
             aws_credential_expiration = 2026-11-29T12:00:00Z\nregion = eu-west-1",
            "k".repeat(40)
        )
        .unwrap();
        text
    })
}

fn change() -> Change {
    let credentials = SessionCredentials::new(
        AccessKeyId::parse("ASIAIOSFODNN7EXAMPLE").unwrap(),
        Secret::new("n".repeat(40)),
        Secret::new(NEW_TOKEN),
        SystemTime::UNIX_EPOCH + Duration::from_secs(1_900_000_000),
    );
    Change::Publish {
        session: SessionId::parse("session-5000").unwrap(),
        profile: ProfileName::parse(CHANGED).unwrap(),
        region: None,
        credentials: credentials.unwrap(),
    }
}

fn document(criterion: &mut Criterion) {
    let (text, change) = (text(), change());
    let changes = [change];
    let mut group = criterion.benchmark_group("document");
    group.throughput(Throughput::Bytes(text.len() as u64));
    group.bench_function("copy", |bencher| bencher.iter(|| text.as_bytes().to_vec()));
    group.bench_function("parse", |bencher| bencher.iter(|| Document::parse(text.as_bytes())));
    group.bench_function("change one", |bencher| {
        bencher.iter(|| Document::parse(text.as_bytes()).with_changes(&changes).unwrap().to_bytes());
    });
    group.bench_function("rust-ini, parse", |bencher| bencher.iter(|| Ini::load_from_str(&text).unwrap()));
    group.bench_function("rust-ini, change one", |bencher| {
        bencher.iter(|| {
            let mut ini = Ini::load_from_str(&text).unwrap();
            ini.with_section(Some(CHANGED))
                .set("aws_access_key_id", "ASIAIOSFODNN7EXAMPLE")
                .set("aws_secret_access_key", "n".repeat(40))
                .set("aws_session_token", NEW_TOKEN)
                .set("aws_credential_expiration", "2030-03-17T17:46:40Z");
            let mut bytes = Vec::with_capacity(text.len());
            ini.write_to(&mut bytes).unwrap();
            bytes
        });
    });
    group.finish();

    // What both were timed at is the same change.
    let ours = Document::parse(text.as_bytes()).with_changes(&changes).unwrap();
    assert_eq!(ours.value(CHANGED, "aws_session_token").unwrap().expose(), NEW_TOKEN);
    assert_eq!(ours.profiles().len(), PROFILES);
}
