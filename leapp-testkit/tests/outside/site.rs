//! Pages of somebody else's on loopback: where a browser is sent back to, and where it looks into frames.

use std::sync::{Arc, Mutex};

use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};

/// Answers as long as the test's runtime lives.
pub(crate) struct Site {
    origin: String,
    asked: Arc<Mutex<Vec<String>>>,
}

impl Site {
    /// Each page is a path and the answer behind `HTTP/1.1 `, without a length.
    pub(crate) async fn open(pages: Vec<(&'static str, String)>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let origin = format!("http://{}", listener.local_addr().unwrap());
        let asked = Arc::new(Mutex::new(Vec::new()));
        let (pages, noted) = (Arc::new(pages), Arc::clone(&asked));
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(answer(stream, Arc::clone(&pages), Arc::clone(&noted)));
            }
        });
        Self { origin, asked }
    }

    pub(crate) fn at(&self, path: &str) -> String {
        format!("{}{path}", self.origin)
    }

    /// The query of the one request for a path.
    pub(crate) fn query(&self, path: &str) -> Vec<(String, String)> {
        let asked = self.asked.lock().unwrap();
        let mut queries = asked.iter().filter_map(|target| target.strip_prefix(path)?.strip_prefix('?'));
        let query = queries.next().unwrap();
        assert_eq!(queries.next(), None, "{asked:?}");
        form_urlencoded::parse(query.as_bytes()).into_owned().collect()
    }
}

pub(crate) fn html(body: &str) -> String {
    format!("200 OK\r\ncontent-type: text/html\r\nconnection: close\r\n\r\n<!DOCTYPE html>{body}")
}

pub(crate) fn redirection(location: &str) -> String {
    format!("302 Found\r\nlocation: {location}\r\nconnection: close\r\n\r\n")
}

/// One request a connection. What fails here fails in the browser.
async fn answer(stream: TcpStream, pages: Arc<Vec<(&'static str, String)>>, asked: Arc<Mutex<Vec<String>>>) {
    let mut stream = BufReader::new(stream);
    let mut head = String::new();
    while stream.read_line(&mut head).await.is_ok_and(|read| read > 2) {}
    let Some(target) = head.split(' ').nth(1) else { return };
    asked.lock().unwrap().push(target.to_owned());
    let path = target.split('?').next().unwrap_or_default();
    let page = pages.iter().find(|(known, _)| *known == path).map(|(_, page)| page.as_str());
    let page = page.unwrap_or("404 Not Found\r\nconnection: close\r\n\r\n");
    let _ = stream.write_all(format!("HTTP/1.1 {page}").as_bytes()).await;
    let _ = stream.shutdown().await;
}
