//! A build without TLS.

use std::path::Path;

use leapp_core::{Error, ErrorKind};
use leapp_testkit::aws::MadeWorld;

use crate::options::Tls;

pub(crate) enum Server {}

impl Server {
    #[expect(clippy::unused_async, reason = "it waits where there is TLS")]
    pub(crate) async fn open(_: &MadeWorld, _: u16, tls: &Tls) -> Result<Self, Error> {
        let Tls { ca_file: _, host_names: _ } = tls;
        let message = "this build has no TLS: build it with the feature `tls`";
        Err(Error::new(ErrorKind::Unsupported, message))
    }

    pub(crate) fn endpoint_url(&self) -> String {
        match *self {}
    }

    pub(crate) fn ca_file(&self) -> &Path {
        match *self {}
    }

    #[expect(clippy::unused_async, reason = "it waits where there is TLS")]
    pub(crate) async fn shutdown(self) {
        match self {}
    }
}
