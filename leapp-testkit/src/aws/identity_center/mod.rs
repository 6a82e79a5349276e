//! IAM Identity Center: an instance with people and their assignments, SSO-OIDC that signs clients in, the portal that
//! hands out credentials, and the pages on which a person says yes or no.

mod authorization_code;
mod client;
mod device;
mod digest;
mod instance;
mod latest;
mod login;
mod oidc;
mod pages;
mod person;
mod portal;
mod rate;
mod redirect_uri;
mod region;
mod spec;
mod words;

pub use spec::IdentityCenterSpec;

use super::service::Service;
use authorization_code::AuthorizationCode;
use client::Client;
use device::Devices;
use digest::Digest;
use instance::Instance;
use latest::Latest;
use login::Logins;
use pages::BrowserSession;

/// All that the world knows of Identity Center. Secrets and tokens are kept as digests.
#[derive(Default)]
pub(super) struct IdentityCenter {
    instances: Vec<Instance>,
    clients: Latest<String, Client>,
    devices: Devices,
    codes: Latest<Digest, AuthorizationCode>,
    logins: Logins,
    browsers: Latest<Digest, BrowserSession>,
}

/// The service that a path belongs to, if it is one of these.
pub(super) fn service(path: &str) -> Option<&'static Service> {
    match path {
        oidc::REGISTER_CLIENT | oidc::START_DEVICE_AUTHORIZATION | oidc::CREATE_TOKEN => Some(&oidc::SERVICE),
        portal::LIST_ACCOUNTS
        | portal::LIST_ACCOUNT_ROLES
        | portal::GET_ROLE_CREDENTIALS
        | portal::LOGOUT => Some(&portal::SERVICE),
        pages::DEVICE | pages::AUTHORIZE => Some(&pages::SERVICE),
        _ => None,
    }
}
