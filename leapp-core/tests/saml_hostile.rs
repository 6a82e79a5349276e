//! Responses that nobody should send: read without a panic, within a bound of memory, and never repeated in a message.
//!
//! 20,000 documents, and so many times as many as `LEAPP_CASES_TIMES` says.
#![expect(clippy::unwrap_used, reason = "a step that fails is a test that fails")]

use std::ops::Range;

use leapp_core::aws::SamlResponse;
use leapp_core::{Error, ErrorKind, SamlAssertion, Secret};
use leapp_testkit::cases;

/// Bytes of memory to each byte of base64, and what even the smallest document takes.
const MOST_PER_BYTE: u64 = 16;
const FLOOR: u64 = 16 * 1024;

/// Stands in every value of the good document, and must not stand in any message.
const PLANTED: &str = "hunter2";

const GOOD: &str = r#"<samlp:Response xmlns:samlp="urn:oasis:names:tc:SAML:2.0:protocol" ID="_hunter2-1">
<samlp:Status><samlp:StatusCode Value="urn:oasis:names:tc:SAML:2.0:status:Success"/></samlp:Status>
<Assertion xmlns="urn:oasis:names:tc:SAML:2.0:assertion" ID="_hunter2-2"><Issuer>https://hunter2.example</Issuer>
<Subject><NameID>hunter2@example.com</NameID><SubjectConfirmation><SubjectConfirmationData
NotOnOrAfter="2030-03-17T18:00:00Z" Recipient="https://hunter2.example/saml"/></SubjectConfirmation></Subject>
<Conditions NotBefore="2030-03-17T17:40:00Z" NotOnOrAfter="2030-03-17T18:00:00Z"><AudienceRestriction>
<Audience>urn:hunter2</Audience></AudienceRestriction></Conditions>
<AuthnStatement SessionNotOnOrAfter="2030-03-17T20:00:00Z"/><AttributeStatement>
<Attribute Name="https://aws.amazon.com/SAML/Attributes/Role"><AttributeValue>
arn:aws:iam::111122223333:role/hunter2,arn:aws:iam::111122223333:saml-provider/hunter2</AttributeValue>
<AttributeValue>arn:aws:iam::111122223333:saml-provider/hunter2,arn:aws:iam::111122223333:role/ops/hunter2</AttributeValue>
</Attribute><Attribute Name="https://aws.amazon.com/SAML/Attributes/RoleSessionName">
<AttributeValue>hunter2</AttributeValue></Attribute><Attribute Name="https://aws.amazon.com/SAML/Attributes/SessionDuration">
<AttributeValue>3600</AttributeValue></Attribute></AttributeStatement></Assertion></samlp:Response>"#;

/// What attacks on readers of XML are made of.
const PIECES: [&str; 36] = [
    "<",
    ">",
    "/>",
    "</",
    "=",
    "\"",
    "'",
    "&",
    ";",
    "&lt;",
    "&amp;",
    "&#0;",
    "&#x1F600;",
    "&hunter2;",
    "<!--",
    "-->",
    "<!-- hunter2 -->",
    "<![CDATA[",
    "]]>",
    "<![CDATA[hunter2]]>",
    "<?hunter2 x?>",
    "<!DOCTYPE a [<!ENTITY hunter2 'hunter2'>]>",
    "<Assertion/>",
    "<Assertion xmlns=\"urn:oasis:names:tc:SAML:2.0:assertion\">",
    "</Assertion>",
    "<Issuer>hunter2</Issuer>",
    " xmlns:hunter2='u'",
    " NotOnOrAfter='hunter2'",
    " hunter2=''",
    "<a>",
    "</a>",
    "<a b='c'/>",
    ",",
    "\u{0}",
    "\u{feff}",
    "\u{202e}",
];

#[test]
fn the_good_document_is_read() {
    let response = read(GOOD).unwrap();
    assert_eq!(response.roles().len(), 2);
}

#[test]
fn hostile_documents_do_no_harm() {
    let count = u64::from(cases::times_as_many(20_000));
    let mut random = fastrand::Rng::with_seed(20_300_317);
    let (mut read_still, mut most) = (0_u64, 0.0_f64);
    for number in 0..count {
        let text = mutated(&mut random);
        let (result, ratio) = measured(&text);
        most = most.max(ratio);
        match result {
            Ok(response) => {
                read_still += 1;
                assert!(!format!("{:?}", response.role_session_name()).contains('<'), "document {number}");
            }
            Err(error) => check(&error, &format!("document {number}")),
        }
    }
    println!("{count} documents, {read_still} read, at most {most:.1} bytes of memory to a byte of base64");
    assert!(read_still > count / 100, "mutations that spare the document are read: {read_still}");
    assert!(read_still < count / 2, "most mutations are noticed: {read_still}");
}

/// Each shape as dense as the door lets it in, and denser, at three sizes.
#[test]
fn memory_is_bounded_however_a_document_is_built() {
    type Shape = (&'static str, fn(usize) -> String);
    let shapes: [Shape; 10] = [
        ("empty elements", |n| "<a/>".repeat(n)),
        ("elements and texts", |n| "<a/>x".repeat(n)),
        ("nested elements", |n| format!("{}{}", "<a>".repeat(n), "</a>".repeat(n))),
        ("attributes", |n| (0..n).map(|at| format!("<a b{at}='c'/>")).collect()),
        ("attributes of one element", |n| {
            format!("<a {}/>", (0..n).map(|at| format!(" b{at}=''")).collect::<String>())
        }),
        ("namespaces on the way down", |n| {
            let begin: String = (0..n).map(|at| format!("<a xmlns:b{at}='u{at}'>")).collect();
            begin + &"</a>".repeat(n)
        }),
        ("elements, attributes and texts", |n| (0..n).map(|at| format!("<a b{at}='c'/>x")).collect()),
        ("everything at once", |n| {
            (0..n)
                .map(|at| format!("<a xmlns:b{at}='u{at}'><b{at}:c d='&lt;'/>x<a/>x<a/>x<a/>x</a>"))
                .collect()
        }),
        ("entities", |n| "<a>&lt;x</a>".repeat(n)),
        ("signs that are no markup", |n| format!("<![CDATA[{}]]>", "<=".repeat(n))),
    ];
    for (shape, make) in shapes {
        let mut most = 0.0_f64;
        for size in [2_000, 20_000, 70_000] {
            for count in [10, 30, 100, 300, 600, 1_000, 1_800, 3_000, 3_600, 5_000] {
                let text = make(count);
                if text.len() < size {
                    let filled = format!("<r>{text}{}</r>", " ".repeat(size - text.len()));
                    most = most.max(measured(&filled).1);
                }
            }
        }
        println!("{shape}: at most {most:.1} bytes of memory to a byte of base64");
    }
}

fn check(error: &Error, which: &str) {
    let kinds = [ErrorKind::AccessDenied, ErrorKind::InvalidInput, ErrorKind::Unsupported];
    assert!(kinds.contains(&error.kind()), "{which}: {error:?}");
    assert!(!leapp_testkit::leak::text_of(error).contains(PLANTED), "{which}: {error:?}");
}

/// Reads a document, and says how many bytes of memory that took to each of its bytes in base64, beyond the floor.
fn measured(text: &str) -> (Result<SamlResponse, Error>, f64) {
    let assertion = assertion(text);
    let mut result = None;
    let info = allocation_counter::measure(|| result = Some(SamlResponse::parse(&assertion)));
    let (took, size) = (info.bytes_max, assertion.expose().len() as u64);
    assert!(took <= MOST_PER_BYTE * size + FLOOR, "{took} bytes for {size} of base64: {text:.200}");
    (result.unwrap(), took.saturating_sub(FLOOR) as f64 / size as f64)
}

fn read(text: &str) -> Result<SamlResponse, Error> {
    SamlResponse::parse(&assertion(text))
}

fn assertion(text: &str) -> SamlAssertion {
    SamlAssertion::parse(&Secret::new(data_encoding::BASE64.encode(text.as_bytes()))).unwrap()
}

/// The good document after one to three accidents.
fn mutated(random: &mut fastrand::Rng) -> String {
    let mut text = GOOD.to_owned();
    for _ in 0..random.usize(1..=3) {
        let range = range(random, &text);
        match random.u8(0..8) {
            0 => text.replace_range(range, ""),
            1 => text.insert_str(range.start, random.choice(PIECES).unwrap()),
            2 => text.insert_str(range.start, &random.choice(PIECES).unwrap().repeat(random.usize(1..60))),
            3 => text.replace_range(range, random.choice(PIECES).unwrap()),
            4 => {
                let part = text[range.clone()].to_owned();
                text.insert_str(range.end, &part);
            }
            5 => {
                let part = text[range.clone()].to_owned();
                text.replace_range(range, "");
                let at = boundary(&text, random.usize(0..=text.len()));
                text.insert_str(at, &part);
            }
            6 => text.truncate(range.end.max(8)),
            _ => {
                let at = range.start;
                let end = boundary(&text, at + 1).max(at);
                text.replace_range(at..end, &char::from(random.u8(0..128)).to_string());
            }
        }
        if text.len() > 60_000 || text.len() < 4 {
            break;
        }
    }
    text.truncate(boundary(&text, 74_000));
    if text.len() < 4 { "<a/>".to_owned() } else { text }
}

/// Often a name or a value, seldom half the document.
fn range(random: &mut fastrand::Rng, text: &str) -> Range<usize> {
    let start = boundary(text, random.usize(0..=text.len()));
    let length = if random.u8(0..10) == 0 { random.usize(0..=text.len()) } else { random.usize(0..60) };
    start..boundary(text, start + length).max(start)
}

fn boundary(text: &str, at: usize) -> usize {
    (0..=at.min(text.len())).rev().find(|at| text.is_char_boundary(*at)).unwrap_or(0)
}
