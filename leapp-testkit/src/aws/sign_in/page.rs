//! The page that says no.

use crate::aws::refusal::Refusal;
use crate::aws::xml::Xml;

pub(super) fn refusal(refusal: &Refusal) -> String {
    let title = refusal.status.canonical_reason().unwrap_or_default();
    let body = Xml::new().text("h1", title).text("p", refusal.message());
    let page = Xml::new().node("head", Xml::new().text("title", title)).node("body", body);
    format!("<!DOCTYPE html>{}", page.into_document("html", "http://www.w3.org/1999/xhtml"))
}
