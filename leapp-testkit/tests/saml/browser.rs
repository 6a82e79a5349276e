//! A small browser: one request a connection, cookies kept, the first form of a page read.

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

/// What a page was.
pub(crate) struct Page {
    pub(crate) status: u16,
    pub(crate) head: String,
    pub(crate) body: String,
}

pub(crate) struct Browser {
    authority: String,
    pub(crate) cookie: Option<String>,
}

impl Browser {
    pub(crate) fn new(endpoint_url: &str) -> Self {
        Self { authority: endpoint_url.strip_prefix("http://").unwrap().to_owned(), cookie: None }
    }

    pub(crate) async fn get(&mut self, path: &str) -> Page {
        self.ask("GET", path, "").await
    }

    pub(crate) async fn post(&mut self, path: &str, fields: &[(&str, &str)]) -> Page {
        let body = form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish();
        self.ask("POST", path, &body).await
    }

    async fn ask(&mut self, method: &str, path: &str, body: &str) -> Page {
        let mut stream = TcpStream::connect(&self.authority).await.unwrap();
        let cookie =
            self.cookie.as_ref().map(|cookie| format!("cookie: other=1; {cookie}\r\n")).unwrap_or_default();
        let head = format!(
            "{method} {path} HTTP/1.1\r\nhost: {}\r\nconnection: close\r\n{cookie}content-type: \
             application/x-www-form-urlencoded\r\ncontent-length: {}\r\n\r\n{body}",
            self.authority,
            body.len()
        );
        stream.write_all(head.as_bytes()).await.unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).await.unwrap();
        let (head, body) = answer.split_once("\r\n\r\n").unwrap();
        let page =
            Page { status: head[9..12].parse().unwrap(), head: head.to_owned(), body: body.to_owned() };
        if let Some(cookie) = page.header("set-cookie") {
            self.cookie = Some(cookie.split(';').next().unwrap().to_owned());
        }
        page
    }
}

impl Page {
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        let mut lines = self.head.lines().filter_map(|line| line.split_once(": "));
        lines.find(|(found, _)| found.eq_ignore_ascii_case(name)).map(|(_, value)| value)
    }

    /// The value of an input.
    pub(crate) fn field(&self, name: &str) -> Option<String> {
        let input = self.body.split("<input ").find(|input| input.contains(&format!("name=\"{name}\"")))?;
        let value = input.split("value=\"").nth(1)?.split('"').next()?;
        Some(value.replace("&lt;", "<").replace("&gt;", ">").replace("&quot;", "\"").replace("&amp;", "&"))
    }

    pub(crate) fn form_action(&self) -> &str {
        self.body.split("action=\"").nth(1).unwrap().split('"').next().unwrap()
    }
}
