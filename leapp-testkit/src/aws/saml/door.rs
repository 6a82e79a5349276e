//! The one way in for XML from outside: bounded, and free of what makes two readers see two documents.

use std::collections::HashSet;

use roxmltree::{Document, Node, NodeType, ParsingOptions};

/// More than a response with hundreds of roles has.
const MOST_BYTES: usize = 100_000;
const MOST_NODES: u32 = 8_192;
const MOST_DEPTH: usize = 32;
const MOST_ATTRIBUTES: usize = 100;
/// At one element; each of its names is looked up among them.
const MOST_NAMESPACES: usize = 100;

/// Reads a document, or says what is wrong with it.
///
/// Refused beside what is not well-formed: a document type (and with it every entity but the five of XML), processing
/// instructions, comments next to text, an id that stands twice, and more nodes or depth than a response has.
pub(super) fn parse(text: &str) -> Result<Document<'_>, &'static str> {
    if text.len() > MOST_BYTES {
        return Err("the document is too large");
    }
    check_tags(text)?;
    let options = ParsingOptions { nodes_limit: MOST_NODES, ..ParsingOptions::default() };
    let document = Document::parse_with_options(text, options).map_err(|error| match error {
        roxmltree::Error::DtdDetected => "a document type is not allowed",
        roxmltree::Error::NodesLimitReached => "the document has too many nodes",
        _ => "the document is not well-formed",
    })?;
    check_depth(&document)?;
    check_nodes(&document)?;
    Ok(document)
}

/// The text of an element that holds nothing else, without the space around it.
pub(super) fn text<'a>(element: Node<'a, '_>) -> Result<&'a str, &'static str> {
    let mut children = element.children();
    match (children.next(), children.next()) {
        (None, _) => Ok(""),
        (Some(only), None) if only.is_text() => Ok(only.text().unwrap_or_default().trim()),
        _ => Err("an element that holds a value may hold nothing else"),
    }
}

/// The children of that name.
pub(super) fn children<'a, 'i: 'a>(
    parent: Node<'a, 'i>,
    namespace: &'static str,
    name: &'static str,
) -> impl Iterator<Item = Node<'a, 'i>> {
    parent.children().filter(move |child| child.has_tag_name((namespace, name)))
}

/// The only child of that name.
pub(super) fn only_child<'a, 'i: 'a>(
    parent: Node<'a, 'i>,
    namespace: &'static str,
    name: &'static str,
) -> Option<Node<'a, 'i>> {
    let mut found = children(parent, namespace, name);
    let first = found.next()?;
    found.next().is_none().then_some(first)
}

/// Holds tags to their bounds before the parser sees them: its work grows with the square of the attributes in one tag,
/// and faster with the namespaces on the way down to one.
fn check_tags(text: &str) -> Result<(), &'static str> {
    let (mut rest, mut depth) = (text, 0_usize);
    while let Some(start) = rest.find('<') {
        rest = &rest[start..];
        let end = match rest.as_bytes().get(1) {
            Some(b'!') if rest.starts_with("<!--") => end_of(rest, "-->"),
            Some(b'!') if rest.starts_with("<![CDATA[") => end_of(rest, "]]>"),
            Some(b'!') => return Err("a document type is not allowed"),
            Some(b'?') => end_of(rest, "?>"),
            Some(b'/') => {
                depth = depth.saturating_sub(1);
                end_of(rest, ">")
            }
            _ => {
                let (end, attributes) = start_tag(rest);
                if attributes > MOST_ATTRIBUTES {
                    return Err("an element has too many attributes");
                }
                depth += usize::from(!rest[..end].ends_with("/>"));
                end
            }
        };
        if depth > MOST_DEPTH {
            return Err("the document is nested too deeply");
        }
        rest = &rest[end..];
    }
    Ok(())
}

/// Where that ends; what never ends is the parser's to refuse.
fn end_of(text: &str, end: &str) -> usize {
    text.find(end).map_or(text.len(), |at| at + end.len())
}

/// Where a tag ends, and how many attributes it has. A quoted value may hold any sign of a tag's end.
fn start_tag(text: &str) -> (usize, usize) {
    let (mut quote, mut attributes) = (None, 0);
    for (at, byte) in text.bytes().enumerate() {
        match (byte, quote) {
            (b'"' | b'\'', None) => quote = Some(byte),
            (_, Some(open)) if byte == open => quote = None,
            (b'=', None) => attributes += 1,
            (b'>', None) => return (at + 1, attributes),
            _ => {}
        }
    }
    (text.len(), attributes)
}

fn check_depth(document: &Document<'_>) -> Result<(), &'static str> {
    let mut depths: Vec<usize> = Vec::with_capacity(64);
    for node in document.descendants() {
        let parent = node.parent().and_then(|parent| depths.get(parent.id().get_usize()));
        let depth = parent.map_or(0, |depth| depth + 1);
        if depth > MOST_DEPTH {
            return Err("the document is nested too deeply");
        }
        depths.push(depth);
    }
    Ok(())
}

fn check_nodes(document: &Document<'_>) -> Result<(), &'static str> {
    let mut ids = HashSet::new();
    for node in document.descendants() {
        match node.node_type() {
            NodeType::PI => return Err("a processing instruction is not allowed"),
            NodeType::Comment if is_in_value(node) => return Err("a comment inside a value is not allowed"),
            _ => {}
        }
        if node.namespaces().len() > MOST_NAMESPACES {
            return Err("too many namespaces are declared");
        }
        if node.attributes().filter(is_id).any(|id| !ids.insert(id.value())) {
            return Err("an id stands twice");
        }
    }
    Ok(())
}

/// Other programs know other attributes for ids: whichever it is, it names one element.
fn is_id(attribute: &roxmltree::Attribute<'_, '_>) -> bool {
    attribute.name().eq_ignore_ascii_case("id")
}

/// A value that a comment splits is read whole by one program and cut off by the next.
fn is_in_value(comment: Node<'_, '_>) -> bool {
    let Some(parent) = comment.parent().filter(Node::is_element) else { return false };
    let has_text = parent
        .children()
        .any(|child| child.is_text() && child.text().is_some_and(|text| !text.trim().is_empty()));
    has_text || !parent.children().any(|child| child.is_element())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_ordinary_document_comes_in() {
        assert!(
            parse(
                "<?xml version=\"1.0\"?><!-- made --><a ID=\"1\"><!-- c --><b ID=\"2\">x&amp;&#65;</b></a>"
            )
            .is_ok()
        );
    }

    #[test]
    fn what_two_readers_may_read_differently_stays_out() {
        for (text, why) in [
            ("<!DOCTYPE a><a/>", "a document type is not allowed"),
            ("<!DOCTYPE a [<!ENTITY e 'x'>]><a>&e;</a>", "a document type is not allowed"),
            ("<a>&e;</a>", "the document is not well-formed"),
            ("<a><b></a></b>", "the document is not well-formed"),
            ("<a/><a/>", "the document is not well-formed"),
            ("<a>user@example.com<!-- -->.evil</a>", "a comment inside a value is not allowed"),
            ("<a><b><!-- only --></b></a>", "a comment inside a value is not allowed"),
            ("<a><?php x?></a>", "a processing instruction is not allowed"),
            ("<a ID='1'><b ID='1'/></a>", "an id stands twice"),
            ("<a ID='1'><b Id='1'/></a>", "an id stands twice"),
        ] {
            assert_eq!(parse(text).err(), Some(why), "{text}");
        }
    }

    #[test]
    fn signs_of_tags_in_values_do_not_count() {
        let values = "<b x='/>' y=\"<\"/>".replace("y=\"<\"", "y=\"'>=\"").repeat(40);
        assert!(parse(&format!("<a><!-- <c><c> --><b/>{values}</a>")).is_ok());
        assert!(parse(&format!("<a><![CDATA[{}]]></a>", "<c>".repeat(100))).is_ok());
        assert!(parse(&format!("<a>{}</a>", "= ".repeat(1000))).is_ok());
    }

    #[test]
    fn size_depth_and_number_are_bounded() {
        let nested = |depth: usize| format!("{}{}", "<a>".repeat(depth), "</a>".repeat(depth));
        assert!(parse(&nested(MOST_DEPTH)).is_ok());
        assert_eq!(parse(&nested(MOST_DEPTH + 1)).err(), Some("the document is nested too deeply"));
        assert_eq!(parse(&nested(14_000)).err(), Some("the document is nested too deeply"));
        assert_eq!(
            parse(&format!("<a>{}</a>", "<b/>".repeat(9_000))).err(),
            Some("the document has too many nodes")
        );
        assert_eq!(
            parse(&format!("<a>{}</a>", " ".repeat(MOST_BYTES))).err(),
            Some("the document is too large")
        );
        let with_attributes =
            |count: usize| format!("<a{}/>", (0..count).map(|n| format!(" a{n:x}=''")).collect::<String>());
        assert!(parse(&with_attributes(MOST_ATTRIBUTES)).is_ok());
        let with_namespaces = |count: usize| {
            let declare =
                |range: std::ops::Range<usize>| range.map(|n| format!(" xmlns:a{n}='u'")).collect::<String>();
            format!("<a{}><b{}/></a>", declare(0..50), declare(50..count))
        };
        // The prefix `xml` is there already.
        assert!(parse(&with_namespaces(MOST_NAMESPACES - 1)).is_ok());
        assert_eq!(
            parse(&with_namespaces(MOST_NAMESPACES + 1)).err(),
            Some("too many namespaces are declared")
        );
        assert_eq!(parse(&with_attributes(10_000)).err(), Some("an element has too many attributes"));
    }
}
