//! The front on loopback: HTTP/1, one task a connection.

use std::fmt;
use std::io;
use std::net::{Ipv4Addr, SocketAddr};

use http_body_util::{BodyExt, Full, Limited};
use hyper::body::{Bytes, Incoming};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use leapp_core::{Error, ErrorKind};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::{JoinHandle, JoinSet};

use crate::aws::FakeAws;

/// More than any request to STS may be long.
const MOST_BYTES: usize = 1 << 20;

/// A [`FakeAws`] on loopback. Dropping it closes the port and every connection.
pub struct LoopbackServer {
    address: SocketAddr,
    accepting: JoinHandle<()>,
}

impl LoopbackServer {
    pub(in crate::aws) async fn open(aws: FakeAws) -> Result<Self, Error> {
        let unavailable = |error: io::Error| {
            Error::new(ErrorKind::Unavailable, "cannot listen on a loopback port").with_source(error)
        };
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.map_err(unavailable)?;
        let address = listener.local_addr().map_err(unavailable)?;
        Ok(Self { address, accepting: tokio::spawn(accept(listener, aws)) })
    }

    /// Where it answers: `http://127.0.0.1:PORT`, for `endpoint_url` or `AWS_ENDPOINT_URL`.
    pub fn endpoint_url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Closes the port and every connection, and returns when they are closed.
    pub async fn shutdown(mut self) {
        self.accepting.abort();
        // The one outcome of an aborted task is that it was aborted.
        let _ = (&mut self.accepting).await;
    }
}

impl fmt::Debug for LoopbackServer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("LoopbackServer").field("address", &self.address).finish_non_exhaustive()
    }
}

impl Drop for LoopbackServer {
    fn drop(&mut self) {
        self.accepting.abort();
    }
}

/// The set aborts its connections when this task is.
async fn accept(listener: TcpListener, aws: FakeAws) {
    let mut connections = JoinSet::new();
    while let Ok((stream, _)) = listener.accept().await {
        if !aws.is_in_outage() {
            connections.spawn(serve(stream, aws.clone()));
        }
        while connections.try_join_next().is_some() {}
    }
}

async fn serve(stream: TcpStream, aws: FakeAws) {
    let service = service_fn(|request| answer(&aws, request));
    // A connection that ends early is the client's affair, or a fault that the test asked for.
    let _ = http1::Builder::new().serve_connection(TokioIo::new(stream), service).await;
}

/// An error here ends the connection without an answer.
async fn answer(
    aws: &FakeAws,
    request: http::Request<Incoming>,
) -> Result<http::Response<Full<Bytes>>, Box<dyn std::error::Error + Send + Sync>> {
    let (parts, body) = request.into_parts();
    let body = Limited::new(body, MOST_BYTES).collect().await?.to_bytes();
    match aws.handle(&http::Request::from_parts(parts, body)) {
        Ok(response) => Ok(response.map(Full::new)),
        Err(_) => Err("the fake AWS drops the connection".into()),
    }
}
