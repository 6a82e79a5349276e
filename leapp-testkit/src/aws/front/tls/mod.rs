//! The front on loopback over TLS, for clients that take AWS's own endpoints only.

mod authority;

use std::fmt;
use std::sync::Arc;

use leapp_core::{Error, ErrorKind};
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::rustls::crypto::aws_lc_rs;

use super::server::{LoopbackServer, Wire};
use crate::aws::FakeAws;
use authority::Authority;

/// A [`FakeAws`] on loopback over TLS. Dropping it closes the port and every connection.
pub struct TlsServer {
    server: LoopbackServer,
    ca_certificate: String,
}

impl FakeAws {
    /// Answers on a loopback port over TLS, under these host names and `127.0.0.1`, with a certificate authority made for
    /// this server alone. Port 0 is one of the system's choice.
    ///
    /// The keys differ from run to run. The certificates are valid for every clock of a test.
    ///
    /// ```
    /// # use std::sync::Arc;
    /// # use leapp_core::SystemClock;
    /// # use leapp_testkit::aws::FakeAws;
    /// # let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    /// # runtime.block_on(async {
    /// let aws = FakeAws::new(Arc::new(SystemClock::new()));
    /// let server = aws.listen_tls(0, &["sts.eu-west-1.amazonaws.com"]).await?;
    /// assert!(server.endpoint_url().starts_with("https://127.0.0.1:"));
    /// assert!(server.ca_certificate().starts_with("-----BEGIN CERTIFICATE-----\n"));
    /// # server.shutdown().await;
    /// # Ok::<(), leapp_core::Error>(())
    /// # }).unwrap();
    /// ```
    ///
    /// # Errors
    /// [`ErrorKind::InvalidInput`] when a name is not one that a certificate can have; [`ErrorKind::Unavailable`] when TLS cannot be set up or the
    /// port cannot be opened.
    pub async fn listen_tls(&self, port: u16, host_names: &[&str]) -> Result<TlsServer, Error> {
        let Authority { ca_certificate, chain, key } = Authority::new(host_names)?;
        let unusable = |source| Error::new(ErrorKind::Unavailable, "cannot set up TLS").with_source(source);
        let config = ServerConfig::builder_with_provider(Arc::new(aws_lc_rs::default_provider()))
            .with_safe_default_protocol_versions()
            .and_then(|config| config.with_no_client_auth().with_single_cert(chain, key))
            .map_err(unusable)?;
        let wire = Wire::Tls(TlsAcceptor::from(Arc::new(config)));
        Ok(TlsServer { server: LoopbackServer::open_on(self.clone(), port, wire).await?, ca_certificate })
    }
}

impl TlsServer {
    /// Where it answers: `https://127.0.0.1:PORT`.
    pub fn endpoint_url(&self) -> String {
        self.server.endpoint_url().replacen("http:", "https:", 1)
    }

    /// The certificate of its authority, as PEM: for `AWS_CA_BUNDLE`.
    pub fn ca_certificate(&self) -> &str {
        &self.ca_certificate
    }

    /// Closes the port and every connection, and returns when they are closed.
    pub async fn shutdown(self) {
        self.server.shutdown().await;
    }
}

impl fmt::Debug for TlsServer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TlsServer").field("server", &self.server).finish_non_exhaustive()
    }
}
