//! Just enough XML to write an answer.

/// The children of an element.
#[derive(Default)]
pub(super) struct Xml(String);

impl Xml {
    pub(super) fn new() -> Self {
        Self::default()
    }

    /// Adds an element that holds text.
    pub(super) fn text(mut self, name: &str, text: &str) -> Self {
        self.0.push_str(&format!("<{name}>{}</{name}>", escape(text)));
        self
    }

    /// Adds an element that holds elements.
    pub(super) fn node(mut self, name: &str, children: Self) -> Self {
        self.0.push_str(&format!("<{name}>{}</{name}>", children.0));
        self
    }

    /// Closes the document with its outermost element.
    pub(super) fn into_document(self, name: &str, xmlns: &str) -> String {
        format!("<{name} xmlns=\"{xmlns}\">{}</{name}>", self.0)
    }
}

pub(super) fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&#39;"),
            // XML 1.0 has no way to write the other control characters.
            c if c.is_control() && !matches!(c, '\t' | '\n' | '\r') => escaped.push('\u{fffd}'),
            c => escaped.push(c),
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_is_escaped() {
        let document = Xml::new().text("M", "a<b>&\"c'\u{1}").into_document("R", "urn:x");

        assert_eq!(document, "<R xmlns=\"urn:x\"><M>a&lt;b&gt;&amp;&quot;c&#39;\u{fffd}</M></R>");
    }
}
