//! Parameters, and requests as a whole.

use hyper::body::Bytes;

use super::lab::{Lab, add_header, asking};
use crate::aws::form::Form;

/// A body as parameters and lists.
pub fn form(bytes: &[u8]) {
    let form = Form::parse(bytes);
    for list in ["Tags", "PolicyArns", ""] {
        let members = form.members(list);
        assert!(members.iter().all(|name| name.starts_with(list)));
    }
}

/// Method and address, a line for each header, an empty line and a body, with a key that exists in place of `KEY`.
pub fn request(bytes: &[u8]) {
    let lab = Lab::new();
    let split = bytes.windows(2).position(|two| two == b"\n\n").unwrap_or(bytes.len());
    let (head, body) = bytes.split_at(split);
    let head = String::from_utf8_lossy(head).replace("KEY", &lab.access_key_id);
    let mut lines = head.lines();
    let (method, target) = lines.next().and_then(|line| line.split_once(' ')).unwrap_or(("POST", "/"));
    let body = Bytes::copy_from_slice(body.get(2..).unwrap_or_default());
    let mut request = asking(method, target, body);
    for (name, value) in lines.take(90).filter_map(|line| line.split_once(": ")) {
        add_header(&mut request, name, value);
    }
    lab.answer(&request);
}
