//! The front on loopback: HTTP/1, one task a connection.

use std::fmt;
use std::future::pending;
use std::io;
use std::net::SocketAddr;
use std::time::Duration;

use http::uri::Scheme;
use http_body_util::Full;
use hyper::body::{Bytes, Incoming};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use leapp_core::{Error, ErrorKind};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::{JoinHandle, JoinSet};

use super::body::AnswerBody;
use super::outage::Watched;
use super::patience::{Patience, Patient, Stage};
use super::port::Port;
use super::request_body;
use crate::aws::FakeAws;
use crate::aws::fault::Delivery;

/// More than the head of any request may be long.
const MOST_HEAD_BYTES: usize = 16 << 10;
/// A request that is not complete by then never will be. Between requests a client may rest for long.
const PATIENCE: Patience = Patience { transfer: Duration::from_secs(30), rest: Duration::from_secs(15 * 60) };
/// Before it accepts again when it cannot: the system has no room for one more connection.
const OUT_OF_ROOM: Duration = Duration::from_millis(20);

/// What a connection speaks below HTTP.
#[derive(Clone)]
pub(super) enum Wire {
    Plain,
    #[cfg(feature = "tls")]
    Tls(tokio_rustls::TlsAcceptor),
}

/// A [`FakeAws`] on loopback. Dropping it closes the port and every connection.
pub struct LoopbackServer {
    address: SocketAddr,
    accepting: JoinHandle<()>,
}

impl LoopbackServer {
    pub(in crate::aws) async fn open(aws: FakeAws, port: u16) -> Result<Self, Error> {
        Self::open_on(aws, port, Wire::Plain).await
    }

    pub(super) async fn open_on(aws: FakeAws, port: u16, wire: Wire) -> Result<Self, Error> {
        Self::open_with(aws, port, wire, PATIENCE).await
    }

    pub(super) async fn open_with(
        aws: FakeAws,
        port: u16,
        wire: Wire,
        patience: Patience,
    ) -> Result<Self, Error> {
        let unavailable = |error: io::Error| {
            Error::new(ErrorKind::Unavailable, format!("cannot listen on loopback port {port}"))
                .with_source(error)
        };
        let (port, listener) = Port::open(port).map_err(unavailable)?;
        let watched = aws.outage.watch(port);
        let address = watched.address();
        Ok(Self { address, accepting: tokio::spawn(accept(listener, aws, wire, watched, patience)) })
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

/// The set aborts its connections when this task is. In an outage nobody listens: connections are refused.
async fn accept(
    mut listener: TcpListener,
    aws: FakeAws,
    wire: Wire,
    mut watched: Watched,
    patience: Patience,
) {
    let mut connections = JoinSet::new();
    loop {
        tokio::select! {
            accepted = listener.accept() => {
                match accepted {
                    Ok((stream, _)) if !aws.is_in_outage() => {
                        connections.spawn(serve(stream, wire.clone(), aws.clone(), patience));
                    }
                    Ok(_) => {}
                    Err(_) => tokio::time::sleep(OUT_OF_ROOM).await,
                }
                while connections.try_join_next().is_some() {}
            }
            () = watched.outage_begins() => listener = watched.close(listener).await,
        }
    }
}

async fn serve(stream: TcpStream, wire: Wire, aws: FakeAws, patience: Patience) {
    // Answers are small and written whole: waiting to fill a packet only costs time.
    let _ = stream.set_nodelay(true);
    match wire {
        Wire::Plain => talk(stream, Scheme::HTTP, &aws, patience).await,
        #[cfg(feature = "tls")]
        Wire::Tls(acceptor) => {
            if let Ok(Ok(stream)) = tokio::time::timeout(patience.transfer, acceptor.accept(stream)).await {
                talk(stream, Scheme::HTTPS, &aws, patience).await;
            }
        }
    }
}

pub(super) async fn talk<S: AsyncRead + AsyncWrite + Unpin>(
    stream: S,
    scheme: Scheme,
    aws: &FakeAws,
    patience: Patience,
) {
    let stream = Patient::new(stream, patience);
    let stage = stream.stage();
    let service = service_fn(|mut request: http::Request<Incoming>| {
        request.extensions_mut().insert(scheme.clone());
        answer(aws, request, &stage)
    });
    let mut connection = http1::Builder::new();
    // hyper's own answers to what is no request have no date: an SDK would correct its clock by the machine's.
    connection.max_buf_size(MOST_HEAD_BYTES).header_read_timeout(None).auto_date_header(false);
    // A connection that ends early is the client's affair, or a fault that the test asked for.
    let _ = connection.serve_connection(stream, service).await;
}

/// An error here ends the connection without an answer.
async fn answer(
    aws: &FakeAws,
    request: http::Request<Incoming>,
    stage: &Stage,
) -> Result<http::Response<AnswerBody>, Box<dyn std::error::Error + Send + Sync>> {
    let (parts, body) = request.into_parts();
    let body = request_body::read(body).await?;
    stage.is_answering();
    let answer = deliver(aws, &http::Request::from_parts(parts, body)).await;
    stage.is_answered();
    answer
}

async fn deliver(
    aws: &FakeAws,
    request: &http::Request<Bytes>,
) -> Result<http::Response<AnswerBody>, Box<dyn std::error::Error + Send + Sync>> {
    if let Some(make) = aws.unmade_saml_key(request.uri().path()) {
        // One task of a runtime with one thread would keep all others waiting. A thread that fails is made up for.
        let _ = tokio::task::spawn_blocking(make).await;
    }
    match aws.handle(request) {
        Delivery::Answer { response, after } => {
            if !after.is_zero() {
                aws.clock.sleep(after).await;
            }
            Ok(response.map(|body| AnswerBody::Whole(Full::new(body))))
        }
        Delivery::Cut { response, sent } => Ok(response.map(|body| AnswerBody::cut(&body, sent))),
        Delivery::Silence => pending().await,
        Delivery::Dropped | Delivery::OutOfReach => Err("the fake AWS drops the connection".into()),
    }
}
