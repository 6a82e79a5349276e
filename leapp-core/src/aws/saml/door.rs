//! The one way in for a response: bounded, and free of what makes two readers see two documents.

use data_encoding::BASE64;
use roxmltree::{Document, Node, NodeType, ParsingOptions};
use zeroize::Zeroizing;

use super::refuse;
use crate::{Error, SamlAssertion};

/// Namespaces of SAML 2.0: [core](https://docs.oasis-open.org/security/saml/v2.0/saml-core-2.0-os.pdf), section 1.1.
pub(super) const ASSERTION: &str = "urn:oasis:names:tc:SAML:2.0:assertion";
pub(super) const PROTOCOL: &str = "urn:oasis:names:tc:SAML:2.0:protocol";

/// Responses are some ten elements deep.
const MOST_DEPTH: usize = 32;
/// A few of everything are in every document; beyond that, so many bytes to each. Even a response of hundreds of the
/// shortest roles has fewer. The tree that the parser builds is in proportion to these, and so are its detours: it looks
/// each attribute up among those of its element, and copies the namespaces of the parent to each child that adds one.
const FREE: usize = 64;
const BYTES_PER_TAG: usize = 20;
const BYTES_PER_ATTRIBUTE: usize = 24;
const BYTES_PER_NAMESPACE: usize = 64;
const MOST_NAMESPACES: usize = 512;

/// The document's text, wiped after use.
pub(super) fn decode(assertion: &SamlAssertion) -> Result<Zeroizing<String>, Error> {
    let base64 = assertion.expose().as_bytes();
    let damaged = || refuse("is not whole base64");
    // Its size is known, so that no half-grown copy of it is left behind.
    let mut bytes = Zeroizing::new(vec![0; BASE64.decode_len(base64.len()).map_err(|_| damaged())?]);
    let length = BASE64.decode_mut(base64, &mut bytes).map_err(|_| damaged())?;
    bytes.truncate(length);
    match String::from_utf8(std::mem::take(&mut *bytes)) {
        Ok(text) => Ok(Zeroizing::new(text)),
        Err(error) => {
            drop(Zeroizing::new(error.into_bytes()));
            Err(refuse("is not UTF-8"))
        }
    }
}

/// Reads a document, or says what is wrong with it.
pub(super) fn parse(text: &str) -> Result<Document<'_>, Error> {
    check_proportions(text)?;
    check_encoding(text)?;
    let options = ParsingOptions { allow_dtd: false, ..ParsingOptions::default() };
    // The parser's own messages repeat the document.
    let document = Document::parse_with_options(text, options).map_err(|error| match error {
        roxmltree::Error::DtdDetected => refuse("has a document type, which is not allowed"),
        other => {
            let at = other.pos();
            refuse(&format!("is not well-formed XML at line {}, column {}", at.row, at.col))
        }
    })?;
    check_nodes(&document)?;
    Ok(document)
}

/// The child of that name, when there is one. Two are an error: they may say different things.
pub(super) fn child<'a, 'i: 'a>(
    parent: Node<'a, 'i>,
    namespace: &'static str,
    name: &'static str,
) -> Result<Option<Node<'a, 'i>>, Error> {
    let mut found = children(parent, namespace, name);
    let first = found.next();
    if found.next().is_some() {
        return Err(refuse(&format!("has two elements {name} where one is allowed")));
    }
    Ok(first)
}

/// The children of that name.
pub(super) fn children<'a, 'i: 'a>(
    parent: Node<'a, 'i>,
    namespace: &'static str,
    name: &'static str,
) -> impl Iterator<Item = Node<'a, 'i>> {
    parent.children().filter(move |child| child.has_tag_name((namespace, name)))
}

/// The text of an element that holds nothing else, without the space around it.
///
/// A value that a comment splits is read whole by one program and cut off by the next.
pub(super) fn text<'a>(element: Node<'a, '_>, place: &str) -> Result<&'a str, Error> {
    let mut children = element.children();
    match (children.next(), children.next()) {
        (None, _) => Ok(""),
        (Some(only), None) if only.is_text() => Ok(only.text().unwrap_or_default().trim()),
        _ => Err(refuse(&format!("has something else than text in {place}"))),
    }
}

/// The parser reads UTF-8, whatever the document says that it is: another reader would see another document.
fn check_encoding(text: &str) -> Result<(), Error> {
    let declaration = text.strip_prefix("<?xml").and_then(|rest| rest.split("?>").next());
    let Some((_, named)) = declaration.and_then(|declaration| declaration.split_once("encoding")) else {
        return Ok(());
    };
    let named = named.trim_start().strip_prefix('=').unwrap_or_default().trim_start();
    let named = named.get(1..).unwrap_or_default().split(['"', '\'']).next().unwrap_or_default();
    if named.eq_ignore_ascii_case("utf-8") {
        Ok(())
    } else {
        Err(refuse("declares another encoding than UTF-8"))
    }
}

/// Before the parser sees it, since the parser's memory is in proportion.
fn check_proportions(text: &str) -> Result<(), Error> {
    let count = |sign: u8| text.bytes().filter(|byte| *byte == sign).count();
    let is_within = |count: usize, bytes_per_one: usize| count <= FREE + text.len() / bytes_per_one;
    let namespaces = text.matches("xmlns").count();
    if !is_within(count(b'<'), BYTES_PER_TAG) {
        Err(refuse("has more tags than a response of its size can have"))
    } else if !is_within(count(b'='), BYTES_PER_ATTRIBUTE) {
        Err(refuse("has more attributes than a response of its size can have"))
    } else if !is_within(namespaces, BYTES_PER_NAMESPACE) || namespaces > MOST_NAMESPACES {
        Err(refuse("declares more namespaces than a response of its size can have"))
    } else {
        Ok(())
    }
}

fn check_nodes(document: &Document<'_>) -> Result<(), Error> {
    let (mut depth, mut at) = (0_usize, document.root());
    for node in document.descendants() {
        // In document order a node is a child of the one before, or of one above that.
        while node.parent().is_some_and(|parent| parent != at) {
            let Some(above) = at.parent() else { break };
            (depth, at) = (depth.saturating_sub(1), above);
        }
        if node != document.root() {
            (depth, at) = (depth + 1, node);
        }
        if depth > MOST_DEPTH && node.is_element() {
            return Err(refuse(&format!("is nested more than {MOST_DEPTH} elements deep")));
        }
        match node.node_type() {
            NodeType::PI => return Err(refuse("has a processing instruction, which is not allowed")),
            NodeType::Comment if is_in_value(node) => {
                return Err(refuse("has a comment inside a value, which is not allowed"));
            }
            _ => {}
        }
    }
    Ok(())
}

fn is_in_value(comment: Node<'_, '_>) -> bool {
    let Some(parent) = comment.parent().filter(Node::is_element) else { return false };
    let is_text =
        |node: Node<'_, '_>| node.text().is_some_and(|text| node.is_text() && !text.trim().is_empty());
    parent.children().any(is_text) || !parent.children().any(|child| child.is_element())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn assert_refused(text: &str, words: &str) {
        let error = parse(text).unwrap_err().to_string();
        assert!(error.contains(words), "{text:.80}: {error}");
    }

    #[test]
    fn an_ordinary_document_comes_in() {
        assert!(
            parse("<?xml version=\"1.0\"?><!-- made --><a ID=\"1\"><!-- c --><b>x&amp;&#65;</b></a>").is_ok()
        );
        assert!(parse("<a><![CDATA[<!-- no comment --><?no instruction?>]]></a>").is_ok());
    }

    #[test]
    fn what_two_readers_may_read_differently_stays_out() {
        for (text, words) in [
            ("<!DOCTYPE a><a/>", "document type"),
            ("<!DOCTYPE a [<!ENTITY e 'x'>]><a>&e;</a>", "document type"),
            ("<a>&e;</a>", "line 1, column 4"),
            ("<a>\n<b></a></b>", "line 2"),
            ("<a/><a/>", "not well-formed"),
            ("<a b='1' b='2'/>", "not well-formed"),
            ("<a>user@example.com<!-- -->.evil</a>", "comment inside a value"),
            ("<a><b><!-- only --></b></a>", "comment inside a value"),
            ("<a><?php x?></a>", "processing instruction"),
            ("<a>x<?php x?>y</a>", "processing instruction"),
        ] {
            assert_refused(text, words);
        }
    }

    #[test]
    fn depth_is_bounded() {
        let nested = |depth: usize| {
            format!("{}{}{}", "<abc>".repeat(depth), " ".repeat(depth * 60), "</abc>".repeat(depth))
        };
        assert!(parse(&nested(MOST_DEPTH)).is_ok());
        assert_refused(&nested(MOST_DEPTH + 1), "nested more than 32");
        let chain = |depth: usize| format!("{}{}", nested(depth).repeat(3), "<b/>");
        assert!(parse(&format!("<a>{}</a>", chain(MOST_DEPTH - 1))).is_ok());
        assert_refused(&format!("<a>{}</a>", chain(MOST_DEPTH)), "nested more than 32");
    }

    #[test]
    fn proportions_are_held_before_anything_is_parsed() {
        let filled = |part: &str, count: usize, size: usize| {
            let text = part.repeat(count);
            format!("<a>{text}{}</a>", " ".repeat(size - text.len() - 7))
        };
        // The element around them has two tags itself.
        let tags = FREE + 40_000 / BYTES_PER_TAG - 2;
        assert!(parse(&filled("<b/>", tags, 40_000)).is_ok());
        assert_refused(&filled("<b/>", tags + 1, 40_000), "more tags");
        let attributes = FREE + 40_000 / BYTES_PER_ATTRIBUTE;
        assert!(parse(&filled("=", attributes, 40_000)).is_ok());
        assert_refused(&filled("=", attributes + 1, 40_000), "more attributes");
        let namespaces = FREE + 19_968 / BYTES_PER_NAMESPACE;
        assert!(parse(&filled("xmlns ", namespaces, 19_968)).is_ok());
        assert_refused(&filled("xmlns ", namespaces + 1, 19_968), "more namespaces");
        assert_refused(&filled("xmlns ", MOST_NAMESPACES + 1, 70_000), "more namespaces");
    }
}
