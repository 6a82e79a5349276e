//! Exclusive XML Canonicalization 1.0, without comments: <https://www.w3.org/TR/xml-exc-c14n/>.

use std::collections::{BTreeMap, BTreeSet};

use roxmltree::{Attribute, Node};

const XML: &str = "http://www.w3.org/XML/1998/namespace";

/// The namespace declarations that stand on the way down to an element: prefix to name.
type Rendered<'a> = BTreeMap<&'a str, &'a str>;

/// How an element is put.
pub(super) struct Canonical<'a, 'i> {
    /// What the enveloped-signature transform takes out.
    pub(super) without: Option<Node<'a, 'i>>,
    /// Prefixes that are declared whether or not they are used; the empty one is the default namespace.
    pub(super) inclusive: BTreeSet<&'a str>,
}

impl<'a, 'i> Canonical<'a, 'i> {
    pub(super) fn plain() -> Self {
        Self { without: None, inclusive: BTreeSet::new() }
    }

    /// The canonical form of an element and all that it holds. The door has bounded the depth.
    pub(super) fn form(&self, element: Node<'a, 'i>) -> String {
        let mut out = String::new();
        self.element(element, &mut Rendered::new(), &mut out);
        out
    }

    /// What it declares is taken back behind it: a copy for each element would cost the square of the document.
    fn element(&self, element: Node<'a, 'i>, rendered: &mut Rendered<'a>, out: &mut String) {
        let name = source_name(element);
        out.push('<');
        out.push_str(name);
        let mut replaced = Vec::new();
        for (prefix, namespace) in self.declarations(element, rendered) {
            out.push_str(if prefix.is_empty() { " xmlns" } else { " xmlns:" });
            out.push_str(prefix);
            push_attribute_value(namespace, out);
            replaced.push((prefix, rendered.insert(prefix, namespace)));
        }
        let mut attributes: Vec<_> = element.attributes().collect();
        attributes.sort_by_key(|attribute| (attribute.namespace().unwrap_or_default(), attribute.name()));
        for attribute in attributes {
            out.push(' ');
            out.push_str(source_attribute_name(element, &attribute));
            push_attribute_value(attribute.value(), out);
        }
        out.push('>');
        for child in element.children().filter(|child| Some(*child) != self.without) {
            if child.is_element() {
                self.element(child, rendered, out);
            } else if child.is_text() {
                push_text(child.text().unwrap_or_default(), out);
            }
        }
        out.push_str("</");
        out.push_str(name);
        out.push('>');
        for (prefix, namespace) in replaced {
            match namespace {
                Some(namespace) => rendered.insert(prefix, namespace),
                None => rendered.remove(prefix),
            };
        }
    }

    /// What this element has to declare: the prefixes that it uses itself or that are asked for, as far as what stands
    /// above does not say the same.
    fn declarations(&self, element: Node<'a, 'i>, above: &Rendered<'a>) -> BTreeMap<&'a str, &'a str> {
        let mut used: BTreeMap<&'a str, &'a str> = BTreeMap::new();
        if !self.inclusive.is_empty() {
            let in_scope = element.namespaces().map(|one| (one.name().unwrap_or_default(), one.uri()));
            used.extend(in_scope.filter(|(prefix, _)| self.inclusive.contains(prefix)));
        }
        let own = prefix(source_name(element));
        let names = element.attributes().map(|attribute| source_attribute_name(element, &attribute));
        let of_attributes = names.map(prefix).filter(|prefix| !prefix.is_empty());
        let default = self.inclusive.get("").copied();
        for prefix in of_attributes.chain([own]).chain(default) {
            used.insert(prefix, namespace(element, prefix));
        }
        used.retain(|prefix, namespace| {
            *namespace != XML && above.get(prefix).copied().unwrap_or_default() != *namespace
        });
        used
    }
}

fn namespace<'a>(element: Node<'a, '_>, prefix: &str) -> &'a str {
    let prefix = if prefix.is_empty() { None } else { Some(prefix) };
    element.lookup_namespace_uri(prefix).unwrap_or_default()
}

fn prefix(name: &str) -> &str {
    name.split_once(':').map(|(prefix, _)| prefix).unwrap_or_default()
}

/// The name as the document has it: the tree knows the namespace and forgets the prefix.
fn source_name<'a>(element: Node<'a, '_>) -> &'a str {
    let tag = element.document().input_text().get(element.range()).unwrap_or_default();
    let tag = tag.strip_prefix('<').unwrap_or(tag);
    let end = tag.find(|c: char| c.is_ascii_whitespace() || matches!(c, '/' | '>')).unwrap_or(tag.len());
    &tag[..end]
}

fn source_attribute_name<'a>(element: Node<'a, '_>, attribute: &Attribute<'_, '_>) -> &'a str {
    element.document().input_text().get(attribute.range_qname()).unwrap_or_default()
}

fn push_attribute_value(value: &str, out: &mut String) {
    out.push_str("=\"");
    for c in value.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '"' => out.push_str("&quot;"),
            '\t' => out.push_str("&#x9;"),
            '\n' => out.push_str("&#xA;"),
            '\r' => out.push_str("&#xD;"),
            c => out.push(c),
        }
    }
    out.push('"');
}

fn push_text(text: &str, out: &mut String) {
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '\r' => out.push_str("&#xD;"),
            c => out.push(c),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::door;
    use super::*;

    fn form(text: &str, name: &str, inclusive: &[&str]) -> String {
        let document = door::parse(text).unwrap();
        let element = document.descendants().find(|node| node.tag_name().name() == name).unwrap();
        let inclusive = inclusive.iter().copied().collect();
        Canonical { without: None, inclusive }.form(element)
    }

    #[test]
    fn only_what_is_used_is_declared_and_only_once() {
        let text = "<a:r xmlns:a='urn:a' xmlns:b='urn:b' xmlns='urn:d'><a:x><y b:k='1' j='2'/><a:z xmlns:a='urn:a'/></a:x></a:r>";

        assert_eq!(
            form(text, "x", &[]),
            "<a:x xmlns:a=\"urn:a\"><y xmlns=\"urn:d\" xmlns:b=\"urn:b\" j=\"2\" b:k=\"1\"></y><a:z></a:z></a:x>"
        );
    }

    #[test]
    fn a_prefix_that_is_asked_for_is_declared_though_unused() {
        let text = "<r xmlns:xs='urn:xs' xmlns:un='urn:un'><x/></r>";

        assert_eq!(form(text, "x", &["xs", "gone"]), "<x xmlns:xs=\"urn:xs\"></x>");
        assert_eq!(form(text, "x", &[]), "<x></x>");
    }

    #[test]
    fn a_default_namespace_is_taken_back() {
        let text = "<r xmlns='urn:d'><x xmlns=''/></r>";

        assert_eq!(form(text, "r", &[]), "<r xmlns=\"urn:d\"><x xmlns=\"\"></x></r>");
        assert_eq!(form(text, "x", &[]), "<x></x>");
    }

    #[test]
    fn a_prefix_with_another_name_is_declared_again() {
        let text = "<p:r xmlns:p='urn:1'><p:x xmlns:p='urn:2'><p:y xmlns:p='urn:1'/></p:x></p:r>";

        assert_eq!(
            form(text, "r", &[]),
            "<p:r xmlns:p=\"urn:1\"><p:x xmlns:p=\"urn:2\"><p:y xmlns:p=\"urn:1\"></p:y></p:x></p:r>"
        );
    }

    #[test]
    fn attributes_are_in_order_of_namespace_and_name() {
        let text = "<r xmlns:z='urn:a' xmlns:a='urn:z' a:q='1' z:q='2' b='3' a='4' xml:lang='en'/>";

        assert_eq!(
            form(text, "r", &[]),
            "<r xmlns:a=\"urn:z\" xmlns:z=\"urn:a\" a=\"4\" b=\"3\" xml:lang=\"en\" z:q=\"2\" a:q=\"1\"></r>"
        );
    }

    #[test]
    fn text_is_put_as_the_recommendation_says() {
        let text = "<r a='&lt;&amp;&quot;&#9;&#10;&#13;\n&gt;'>a&gt;b&amp;c&#13;\r\n<![CDATA[<d>]]><!-- gone --><e/></r>";
        let text = text.replace("<!-- gone -->", "");

        assert_eq!(
            form(&text, "r", &[]),
            "<r a=\"&lt;&amp;&quot;&#x9;&#xA;&#xD; >\">a&gt;b&amp;c&#xD;\n&lt;d&gt;<e></e></r>"
        );
    }
}
