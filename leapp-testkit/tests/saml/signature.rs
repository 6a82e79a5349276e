//! Signatures: right, missing, somebody else's, and moved to where they do not belong.

use leapp_testkit::aws::{SamlDamage, SamlSigning};

use crate::lab::{Lab, assert_accepted, assert_invalid};

const INVALID: &str = "Response signature invalid";

on_both_fronts! {
    async fn a_response_that_was_changed_is_refused(lab) {
        for signing in [SamlSigning::Response, SamlSigning::Assertion, SamlSigning::Both] {
            println!("{signing:?}");
            let spec = lab.spec().with_signing(signing);
            assert_invalid(lab.redeem(spec.clone().with_damage(SamlDamage::ChangedAfterSigning)).await, INVALID);
            assert_accepted(lab.redeem(spec).await);
        }
    }

    async fn somebody_elses_signature_is_refused(lab) {
        assert_invalid(lab.redeem(lab.spec().with_damage(SamlDamage::WrongKey)).await, INVALID);
        assert_accepted(lab.redeem(lab.spec()).await);
        assert_invalid(lab.redeem(lab.spec().with_damage(SamlDamage::WrongKey)).await, INVALID);
    }

    async fn a_response_without_a_signature_is_refused(lab) {
        assert_invalid(lab.redeem(lab.spec().with_signing(SamlSigning::None)).await, INVALID);
    }
}

#[tokio::test]
async fn nothing_is_believed_before_the_identity_provider_has_a_key() {
    let lab = Lab::with_own_key();
    let elsewhere = Lab::in_process();

    let outcome = lab.call(&elsewhere.corp.respond(&elsewhere.spec())).send().await;

    assert_invalid(outcome, INVALID);
}

#[tokio::test]
async fn every_part_that_was_signed_is_held() {
    let lab = Lab::in_process();
    for (part, other) in [
        ("role/Dev,", "role/Ops,"),
        ("<saml:Audience>urn:", "<saml:Audience>urn:urn:"),
        ("NotOnOrAfter=\"2023-11-14T22:18:20Z\"", "NotOnOrAfter=\"2033-11-14T22:18:20Z\""),
        ("Destination=\"https", "Destination=\"http"),
        ("<ds:DigestValue>", "<ds:DigestValue>AAAA"),
        ("<ds:SignatureValue>", "<ds:SignatureValue>AAAA"),
        (
            " Algorithm=\"http://www.w3.org/2001/04/xmldsig-more#rsa-sha256\"",
            " Algorithm=\"http://www.w3.org/2000/09/xmldsig#rsa-sha1\"",
        ),
        (
            " Algorithm=\"http://www.w3.org/2001/04/xmlenc#sha256\"",
            " Algorithm=\"http://www.w3.org/2000/09/xmldsig#sha1\"",
        ),
        ("xmldsig#enveloped-signature", "xmldsig#base64"),
    ] {
        println!("{part}");
        let document = lab.document(&lab.spec());
        assert!(document.contains(part), "{document}");
        assert_invalid(lab.redeem_document(&document.replacen(part, other, 1)).await, INVALID);
        assert_accepted(lab.redeem_document(&document).await);
    }
}

#[tokio::test]
async fn of_two_signatures_both_have_to_be_right() {
    let lab = Lab::in_process();
    let document = lab.document(&lab.spec().with_signing(SamlSigning::Assertion));
    let (signature, _) = part(&document, "<ds:Signature ", "</ds:Signature>");
    // The assertion's signature once more, in the place of the response's.
    let twice = document.replacen("<samlp:Status>", &format!("{signature}<samlp:Status>"), 1);

    assert_invalid(lab.redeem_document(&twice).await, INVALID);
    assert_accepted(lab.redeem_document(&document).await);
}

#[tokio::test]
async fn a_signed_assertion_cannot_be_wrapped() {
    let lab = Lab::in_process();
    let document = lab.document(&lab.spec().with_signing(SamlSigning::Assertion));
    let (assertion, _) = part(&document, "<saml:Assertion ", "</saml:Assertion>");
    let (signature, signed_without) = part(&assertion, "<ds:Signature ", "</ds:Signature>");
    let evil = signed_without.replace("role/Dev,", "role/Ops,").replacen("ID=\"_", "ID=\"_evil", 1);
    let in_object = |inside: &str| {
        signature.replace("</ds:Signature>", &format!("<ds:Object>{inside}</ds:Object></ds:Signature>"))
    };
    let evil_with =
        |signature: &str| evil.replacen("</saml:Issuer>", &format!("</saml:Issuer>{signature}"), 1);
    for (name, body) in [
        ("beside, first", format!("{evil}{assertion}")),
        ("beside, last", format!("{assertion}{evil}")),
        ("the original in the evil one's signature", evil_with(&in_object(&signed_without))),
        (
            "the original at the end of the evil one",
            evil.replace("</saml:Assertion>", &format!("{assertion}</saml:Assertion>")),
        ),
        ("the signature moved to the evil one", evil_with(&signature)),
        ("the original in an extension", format!("{evil}<samlp:Extensions>{assertion}</samlp:Extensions>")),
        ("the same id twice", format!("{}{assertion}", evil.replacen("_evil", "_", 1))),
    ] {
        println!("{name}");
        let wrapped = document.replacen(&assertion, &body, 1);
        assert_ne!(wrapped, document);
        assert_invalid(lab.redeem_document(&wrapped).await, "");
    }
    assert_accepted(lab.redeem_document(&document).await);
}

#[tokio::test]
async fn a_signed_response_cannot_be_wrapped() {
    let lab = Lab::in_process();
    let document = lab.document(&lab.spec());
    let (signature, without) = part(&document, "<ds:Signature ", "</ds:Signature>");
    let evil = without.replace("role/Dev,", "role/Ops,").replace("ID=\"_", "ID=\"_evil");
    let evil_with = |inside: &str| evil.replacen("<samlp:Status>", &format!("{inside}<samlp:Status>"), 1);
    for (name, wrapped) in [
        ("the original beside the signature", evil_with(&format!("{signature}{without}"))),
        (
            "the original in the signature",
            evil_with(
                &signature
                    .replace("</ds:Signature>", &format!("<ds:Object>{without}</ds:Object></ds:Signature>")),
            ),
        ),
        (
            "the original in the key info",
            evil_with(&signature.replace("</ds:KeyInfo>", &format!("{without}</ds:KeyInfo>"))),
        ),
        (
            "the signature in another element",
            document.replacen(&signature, "", 1).replacen(
                "<samlp:StatusCode",
                &format!("{signature}<samlp:StatusCode"),
                1,
            ),
        ),
    ] {
        println!("{name}");
        assert_invalid(lab.redeem_document(&wrapped).await, "");
    }
    assert_accepted(lab.redeem_document(&document).await);
}

#[tokio::test]
async fn an_empty_reference_to_the_whole_document_is_refused() {
    let lab = Lab::in_process();
    let document = lab.document(&lab.spec());
    let (reference, _) = part(&document, "<ds:Reference URI=\"", "\">");

    assert_invalid(
        lab.redeem_document(&document.replacen(&reference, "<ds:Reference URI=\"\">", 1)).await,
        INVALID,
    );
}

/// The first part that begins and ends like this, and the text without it.
fn part(text: &str, begin: &str, end: &str) -> (String, String) {
    let from = text.find(begin).unwrap();
    let to = from + text[from..].find(end).unwrap() + end.len();
    (text[from..to].to_owned(), format!("{}{}", &text[..from], &text[to..]))
}
