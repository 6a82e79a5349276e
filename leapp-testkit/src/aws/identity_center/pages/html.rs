//! Just enough HTML for a form. All text is escaped on its way in.

use crate::aws::xml::escape;

/// A whole page. The body is HTML already.
pub(super) fn page(title: &str, body: &str) -> String {
    let title = escape(title);
    format!(
        "<!DOCTYPE html><html lang=\"en\"><head><meta charset=\"utf-8\"><title>{title}</title></head>\
         <body><h1>{title}</h1>{body}</body></html>"
    )
}

pub(super) fn text(text: &str) -> String {
    format!("<p>{}</p>", escape(text))
}

/// A form that is sent to an address; the fields are HTML already.
pub(super) fn form(method: &str, address: &str, fields: &str) -> String {
    format!("<form method=\"{method}\" action=\"{}\">{fields}</form>", escape(address))
}

pub(super) fn field(label: &str, name: &str, kind: &str) -> String {
    format!("<label>{} <input type=\"{kind}\" name=\"{name}\" required></label>", escape(label))
}

pub(super) fn hidden(name: &str, value: &str) -> String {
    format!("<input type=\"hidden\" name=\"{name}\" value=\"{}\">", escape(value))
}

pub(super) fn button(label: &str, name: &str, value: &str) -> String {
    format!("<button type=\"submit\" name=\"{name}\" value=\"{value}\">{}</button>", escape(label))
}
