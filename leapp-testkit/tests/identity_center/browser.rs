//! A browser that is no more than a socket: it follows nothing, keeps one cookie, and sends forms.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::Duration;

use crate::lab::Lab;

pub(crate) struct Browser {
    address: String,
    cookie: Option<String>,
}

#[derive(Debug)]
pub(crate) struct Page {
    pub(crate) status: u16,
    pub(crate) location: Option<String>,
    head: String,
    pub(crate) body: String,
}

impl Browser {
    pub(crate) fn new(lab: &Lab) -> Self {
        let address = lab.server.as_ref().unwrap().endpoint_url().replace("http://", "");
        Self { address, cookie: None }
    }

    pub(crate) fn get(&mut self, url: &str) -> Page {
        self.send("GET", url, "")
    }

    pub(crate) fn post(&mut self, url: &str, fields: &[(&str, &str)]) -> Page {
        let encoded = |text: &str| text.bytes().map(|byte| format!("%{byte:02X}")).collect::<String>();
        let pairs = fields.iter().map(|(name, value)| format!("{name}={}", encoded(value)));
        self.send("POST", url, &pairs.collect::<Vec<_>>().join("&"))
    }

    /// Sends a body as it is.
    pub(crate) fn raw(&mut self, method: &str, url: &str, body: &str) -> Page {
        self.send(method, url, body)
    }

    fn send(&mut self, method: &str, url: &str, body: &str) -> Page {
        let target = url.strip_prefix(&format!("http://{}", self.address)).unwrap_or(url);
        let cookie = self.cookie.as_ref().map(|cookie| format!("Cookie: {cookie}\r\n")).unwrap_or_default();
        let (address, length) = (&self.address, body.len());
        let mut stream = TcpStream::connect(address).unwrap();
        stream.set_read_timeout(Some(Duration::from_secs(10))).unwrap();
        write!(
            stream,
            "{method} {target} HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n{cookie}\
             Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {length}\r\n\r\n{body}"
        )
        .unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        let (head, body) = answer.split_once("\r\n\r\n").unwrap();
        if let Some(cookie) = header(head, "set-cookie") {
            assert!(cookie.contains("; HttpOnly; SameSite=Lax"), "{cookie}");
            self.cookie = Some(cookie.split(';').next().unwrap().to_owned());
        }
        let status = head.split(' ').nth(1).unwrap().parse().unwrap();
        let location = header(head, "location").map(str::to_owned);
        Page { status, location, head: head.to_owned(), body: body.to_owned() }
    }
}

fn header<'a>(head: &'a str, name: &str) -> Option<&'a str> {
    let mut lines = head.lines().filter_map(|line| line.split_once(": "));
    lines.find(|(key, _)| key.eq_ignore_ascii_case(name)).map(|(_, value)| value)
}

impl Page {
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        header(&self.head, name)
    }

    /// Where the page's form is sent.
    pub(crate) fn form(&self) -> String {
        self.between("action=\"", "\"").replace("&amp;", "&")
    }

    /// What only a form of this person's holds.
    pub(crate) fn form_token(&self) -> &str {
        self.between("name=\"form_token\" value=\"", "\"")
    }

    fn between(&self, start: &str, end: &str) -> &str {
        self.body.split_once(start).unwrap().1.split_once(end).unwrap().0
    }
}
