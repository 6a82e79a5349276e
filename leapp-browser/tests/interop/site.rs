//! Pages made for a test, on loopback, and what browsers asked of them.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

type Requests = Arc<Mutex<Vec<Request>>>;

pub(crate) struct Site {
    pub(crate) port: u16,
    requests: Requests,
}

#[derive(Clone, Debug)]
pub(crate) struct Request {
    pub(crate) line: String,
    pub(crate) host: String,
    pub(crate) body: String,
}

impl Site {
    /// Each page is a path and what stands there; `PORT` in it is the site's.
    pub(crate) async fn start(pages: &[(&str, &str)]) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let of_port =
            |(path, html): &(&str, &str)| ((*path).to_owned(), html.replace("PORT", &port.to_string()));
        let pages: Arc<Vec<(String, String)>> = Arc::new(pages.iter().map(of_port).collect());
        let requests = Requests::default();
        let seen = requests.clone();
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(answer(stream, pages.clone(), seen.clone()));
            }
        });
        Self { port, requests }
    }

    pub(crate) fn at(&self, path: &str) -> String {
        format!("http://127.0.0.1:{}{path}", self.port)
    }

    pub(crate) fn requests(&self) -> Vec<Request> {
        self.requests.lock().unwrap().clone()
    }

    /// Waits until a page was asked for, a minute at most.
    pub(crate) async fn is_asked(&self, line: &str) {
        for _ in 0..6000 {
            if self.requests().iter().any(|request| request.line.starts_with(line)) {
                return;
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        panic!("nobody asked `{line}`");
    }
}

async fn answer(mut stream: TcpStream, pages: Arc<Vec<(String, String)>>, seen: Requests) {
    let mut received = Vec::new();
    let (head, body) = loop {
        if stream.read_buf(&mut received).await.unwrap_or(0) == 0 {
            return;
        }
        let text = String::from_utf8_lossy(&received).into_owned();
        let Some((head, body)) = text.split_once("\r\n\r\n") else { continue };
        let length = header(head, "content-length").and_then(|length| length.parse().ok()).unwrap_or(0);
        if body.len() >= length {
            break (head.to_owned(), body.to_owned());
        }
    };
    let line = head.lines().next().unwrap().to_owned();
    let host = header(&head, "host").unwrap().to_owned();
    seen.lock().unwrap().push(Request { line: line.clone(), host, body });
    let path = line.split([' ', '?']).nth(1).unwrap();
    let html = pages.iter().find(|(at, _)| at == path).map_or("nothing here", |(_, html)| html);
    let length = html.len();
    let head = format!(
        "HTTP/1.1 200 OK\r\ncontent-type: text/html\r\ncontent-length: {length}\r\nconnection: close\r\n\r\n"
    );
    let _ = stream.write_all(format!("{head}{html}").as_bytes()).await;
}

fn header<'a>(head: &'a str, name: &str) -> Option<&'a str> {
    let mut lines = head.lines().filter_map(|line| line.split_once(": "));
    lines.find(|(found, _)| found.eq_ignore_ascii_case(name)).map(|(_, value)| value)
}
