//! Just enough XML to write an answer.

use std::borrow::Cow;

/// The children of an element.
#[derive(Default)]
pub(super) struct Xml(String);

impl Xml {
    pub(super) fn new() -> Self {
        Self::default()
    }

    /// Adds an element that holds text.
    pub(super) fn text(mut self, name: &str, text: &str) -> Self {
        self.push_element(name, &escape(text));
        self
    }

    /// Adds an element that holds elements.
    pub(super) fn node(mut self, name: &str, children: Self) -> Self {
        self.push_element(name, &children.0);
        self
    }

    /// Closes the document with its outermost element.
    pub(super) fn into_document(self, name: &str, xmlns: &str) -> String {
        format!("<{name} xmlns=\"{xmlns}\">{}</{name}>", self.0)
    }

    fn push_element(&mut self, name: &str, content: &str) {
        self.0.reserve(2 * name.len() + content.len() + "<></>".len());
        for part in ["<", name, ">", content, "</", name, ">"] {
            self.0.push_str(part);
        }
    }
}

pub(super) fn escape(text: &str) -> Cow<'_, str> {
    // Nearly every value: nothing of it is changed.
    if text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b" -+./:=@_".contains(&byte)) {
        return text.into();
    }
    let mut escaped = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&#39;"),
            // As it is, a reader takes it for the end of a line.
            '\r' => escaped.push_str("&#13;"),
            // XML 1.0 has no way to write the other control characters, nor these two.
            c if c.is_control() && !matches!(c, '\t' | '\n') => escaped.push('\u{fffd}'),
            '\u{fffe}' | '\u{ffff}' => escaped.push('\u{fffd}'),
            c => escaped.push(c),
        }
    }
    escaped.into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_is_escaped() {
        let document = Xml::new().text("M", "a<b>&\"c'\u{1}\u{ffff}\r\n").into_document("R", "urn:x");

        assert_eq!(
            document,
            "<R xmlns=\"urn:x\"><M>a&lt;b&gt;&amp;&quot;c&#39;\u{fffd}\u{fffd}&#13;\n</M></R>"
        );
    }
}
