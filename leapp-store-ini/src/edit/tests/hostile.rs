//! Files that somebody made to take long.

use super::*;

/// What would take minutes if each section or line were looked at together with all others.
#[test]
fn hostile_files_are_changed_in_time() {
    let adopted = |text: String| {
        let (session, profile) = (SessionId::parse("s").unwrap(), ProfileName::parse("dev").unwrap());
        let document = Document::parse(text.as_bytes());
        document
            .with_adopted(&session, &profile)
            .map(|document| document.keys("dev").len())
            .unwrap_or_default()
    };
    assert_eq!(adopted("[dev]\naws_access_key_id=A\n".repeat(20_000)), 4);
    assert_eq!(adopted(format!("x{}\n", "[dev]".repeat(200_000))), 0, "there is no such profile");
    let keys: String = (0..100_000).map(|number| format!("k{number}=\n")).collect();
    assert_eq!(adopted(format!("[dev]\n{keys}")), 100_002);

    let withdrawn = |text: String| {
        let document = Document::parse(text.as_bytes()).with_changes(&[withdraw("s", "dev")]).unwrap();
        document.to_bytes().len()
    };
    let published = "x_leapp_published = 00000000,00000000,00000000,00000000,00000000\n";
    let regions = "region=\n".repeat(100_000);
    assert_eq!(
        withdrawn(format!("[dev]\nx_leapp_session = s\n{published}{regions}")),
        "[dev]\n".len() + regions.len()
    );
    let said = format!("x_leapp_published = {}\n", "0".repeat(500_000));
    assert_eq!(withdrawn(format!("[dev]\nx_leapp_session = s\n{said}{regions}")), 0, "nobody can tell");
    let said = "x_leapp_published = 00000000,00000000,00000000,00000000,00000000\n".repeat(10_000);
    assert_eq!(withdrawn(format!("[dev]\nx_leapp_session = s\n{said}")), 0);
    let other = format!("[x]\n{}", "k\n".repeat(200_000));
    assert_eq!(withdrawn("[dev]\nx_leapp_session = s\n".repeat(20_000) + &other), other.len());

    let others = "[\n".repeat(200_000);
    assert_eq!(withdrawn("[dev]\nx_leapp_session = s\n".repeat(20_000) + &others), others.len());
    assert_eq!(withdrawn("[dev]\nx_leapp_session = s\n[\n".repeat(40_000)), 2 * 40_000);

    let text = "[dev]\nx_leapp_session = s\n; mine\n".repeat(20_000);
    let notes = "; mine\n".repeat(20_000);
    let withdrawn = Document::parse(text.as_bytes()).with_changes(&[withdraw("s", "dev")]).unwrap();
    assert!(withdrawn.to_bytes().as_slice() == notes.as_bytes(), "a person's notes are left");
    let rest = Document::parse(text.as_bytes()).without_ours();
    assert!(rest.to_bytes().as_slice() == notes.as_bytes(), "a person's notes are left");
    let text: String =
        (0..20_000).map(|number| format!("[dev]\nx_leapp_session = s{number}\n; mine\n")).collect();
    let mut document = Document::parse(text.as_bytes());
    let orphans = document.orphans(&|_| false);
    document.withdraw_orphans(&orphans, &|_| false);
    assert!(document.to_bytes().as_slice() == notes.as_bytes(), "a person's notes are left");
}
