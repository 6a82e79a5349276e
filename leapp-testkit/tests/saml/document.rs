//! Documents that never reach the signature.

use crate::lab::{Lab, assert_accepted, assert_invalid};

#[tokio::test]
async fn what_is_no_response_is_refused() {
    let lab = Lab::in_process();
    for (document, words) in [
        ("", "Invalid base64"),
        ("no XML", "not well-formed"),
        ("<a/>", "not a response"),
        ("<samlp:Response/>", "not well-formed"),
        ("<Response xmlns=\"urn:oasis:names:tc:SAML:2.0:protocol\"/>", "one assertion"),
    ] {
        println!("{document}");
        if document.is_empty() {
            assert_invalid(lab.call_as(&lab.role, lab.corp.arn(), "====").send().await, words);
        } else {
            assert_invalid(lab.redeem_document(document).await, words);
        }
    }
}

#[tokio::test]
async fn what_programs_read_differently_is_refused() {
    let lab = Lab::in_process();
    let good = lab.document(&lab.spec());
    let entity = "<!DOCTYPE x [<!ENTITY e SYSTEM \"file:///etc/passwd\">]>";
    for (name, document, words) in [
        ("a document type", format!("<!DOCTYPE x>{good}"), "document type"),
        ("an entity", format!("{entity}{}", good.replacen(">alice<", ">&e;<", 1)), "document type"),
        ("a comment in a value", good.replacen(">alice<", ">al<!-- -->ice<", 1), "comment"),
        ("a comment at a value's end", good.replacen(">alice<", ">alice<!-- -->.example<", 1), "comment"),
        ("a processing instruction", good.replacen(">alice<", "><?x?>alice<", 1), "processing instruction"),
        ("two roots", format!("{good}{good}"), "not well-formed"),
        (
            "an id that stands twice",
            good.replacen("<samlp:Status>", "<samlp:Status ID=\"a\" id=\"a\">", 1),
            "an id stands twice",
        ),
    ] {
        println!("{name}");
        assert_ne!(document, good);
        assert_invalid(lab.redeem_document(&document).await, words);
    }
    assert_accepted(lab.redeem_document(&good).await);
}

#[tokio::test]
async fn a_comment_between_elements_changes_nothing() {
    let lab = Lab::in_process();
    let good = lab.document(&lab.spec());

    assert_accepted(
        lab.redeem_document(&good.replacen("<samlp:Status>", "<!-- - --><samlp:Status>", 1)).await,
    );
    assert_accepted(lab.redeem_document(&format!("<?xml version=\"1.0\"?><!-- - -->{good}\n")).await);
}

#[tokio::test]
async fn what_is_too_much_is_refused_at_once() {
    let lab = Lab::in_process();
    let nested = |tag: &str, times: usize| {
        format!("{}{}", format!("<{tag}>").repeat(times), format!("</{tag}>").repeat(times))
    };
    let attributes: String = (0..7_000).map(|n| format!(" a{n:x}=''")).collect();
    let namespaces: String = (0..2_500).map(|n| format!("<a xmlns:n{n}='u'>")).collect();
    for (name, document, words) in [
        ("depth", nested("a", 40), "nested too deeply"),
        ("great depth", nested("a", 10_000), "nested too deeply"),
        ("nodes", format!("<a>{}</a>", "<b/>".repeat(15_000)), "too many nodes"),
        ("attributes", format!("<a{attributes}/>"), "too many attributes"),
        ("namespaces", format!("{namespaces}{}", "</a>".repeat(2_500)), "nested too deeply"),
    ] {
        println!("{name}: {}", document.len());
        assert_invalid(lab.redeem_document(&document).await, words);
    }
}

/// A response of every shape between right and empty: whatever is cut away, an answer comes.
#[tokio::test]
async fn a_response_that_is_cut_anywhere_is_refused() {
    let lab = Lab::in_process();
    let good = lab.document(&lab.spec());
    for end in (1..good.len()).step_by(97) {
        assert_invalid(lab.redeem_document(&good[..end]).await, "");
    }
}
