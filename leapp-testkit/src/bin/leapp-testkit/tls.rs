//! The server over TLS, and the file that says whom to trust.

use std::collections::BTreeSet;
use std::fs::{self, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use leapp_core::{Error, ErrorKind};
use leapp_testkit::aws::{MadeWorld, TlsServer};

use crate::environment::region;
use crate::options::Tls;

pub(crate) struct Server {
    server: TlsServer,
    file: CaFile,
}

/// The file with the authority's certificate. It goes with the server.
struct CaFile(PathBuf);

impl Server {
    pub(crate) async fn open(made: &MadeWorld, port: u16, tls: &Tls) -> Result<Self, Error> {
        let host_names = tls.host_names.clone().unwrap_or_else(|| host_names(made));
        let host_names: Vec<&str> = host_names.iter().map(String::as_str).collect();
        let server = made.aws.listen_tls(port, &host_names).await?;
        let file = CaFile::write(&tls.ca_file, server.ca_certificate())?;
        Ok(Self { server, file })
    }

    pub(crate) fn endpoint_url(&self) -> String {
        self.server.endpoint_url()
    }

    pub(crate) fn ca_file(&self) -> &Path {
        &self.file.0
    }

    pub(crate) async fn shutdown(self) {
        self.server.shutdown().await;
    }
}

impl CaFile {
    /// A file that is there is somebody's: it is left alone.
    fn write(path: &Path, text: &str) -> Result<Self, Error> {
        let cannot = |error: io::Error| {
            let message = format!("cannot write the authority's certificate to {}", path.display());
            Error::new(ErrorKind::InvalidInput, message).with_source(error)
        };
        let path = std::path::absolute(path).map_err(cannot)?;
        let mut file = OpenOptions::new().write(true).create_new(true).open(&path).map_err(cannot)?;
        let written = Self(path);
        readable(&file).and_then(|()| file.write_all(text.as_bytes())).map_err(cannot)?;
        Ok(written)
    }
}

impl Drop for CaFile {
    fn drop(&mut self) {
        // Somebody took it away already.
        let _ = fs::remove_file(&self.0);
    }
}

/// It is no secret, and clients of other users read it.
#[cfg(unix)]
fn readable(file: &fs::File) -> io::Result<()> {
    use std::os::unix::fs::PermissionsExt;
    file.set_permissions(fs::Permissions::from_mode(0o644))
}

#[cfg(not(unix))]
fn readable(_: &fs::File) -> io::Result<()> {
    Ok(())
}

/// The names of AWS's endpoints in the Regions of the world.
fn host_names(made: &MadeWorld) -> Vec<String> {
    let of_users = made.users.iter().map(|user| region(&user.arn).to_owned());
    let of_centers = made.identity_centers.iter().map(|center| center.region.to_string());
    let regions: BTreeSet<String> = of_users.chain(of_centers).chain(["us-east-1".to_owned()]).collect();
    let mut names = vec!["localhost".to_owned(), "sts.amazonaws.com".to_owned()];
    for region in &regions {
        let Names { domain, iam, sign_in } = names_in(region);
        names.extend(["oidc", "portal.sso", "sts"].map(|service| format!("{service}.{region}.{domain}")));
        names.push(format!("{region}.{sign_in}"));
        names.extend([iam, sign_in].map(str::to_owned));
    }
    names.sort_unstable();
    names.dedup();
    names
}

/// What is called how in a Region's partition.
struct Names {
    domain: &'static str,
    iam: &'static str,
    sign_in: &'static str,
}

fn names_in(region: &str) -> Names {
    let (domain, iam, sign_in) = match region.split('-').next() {
        Some("cn") => ("amazonaws.com.cn", "iam.cn-north-1.amazonaws.com.cn", "signin.amazonaws.cn"),
        Some("eusc") => ("amazonaws.eu", "iam.eusc-de-east-1.amazonaws.eu", "signin.amazonaws-eusc.eu"),
        Some("us") if region.starts_with("us-gov-") => {
            ("amazonaws.com", "iam.us-gov.amazonaws.com", "signin.amazonaws-us-gov.com")
        }
        _ => ("amazonaws.com", "iam.amazonaws.com", "signin.aws.amazon.com"),
    };
    Names { domain, iam, sign_in }
}
