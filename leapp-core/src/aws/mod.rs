//! Session kinds that call AWS, one file each, named as the API action; and credentials for AWS SDK clients.
//!
//! Which of them a person needs follows from what they have:
//!
//! | they have | session kinds |
//! |---|---|
//! | an access key of an IAM user | [`GetSessionToken`], with a virtual or hardware MFA device or without |
//! | a role that may be assumed from there, or from another role | [`AssumeRole`], with any of these as its source |
//! | a start URL of IAM Identity Center | [`PortalLogin`] once, and [`GetRoleCredentials`] for each role behind it; [`RoleSync`] finds them |
//! | a company's sign-in page that leads to AWS by SAML, and one role there | [`AssumeRoleWithSaml::new`] |
//! | the same, and several roles | [`IdentityProviderLogin`] once, and [`AssumeRoleWithSaml::from_login`] for each |
//! | an OIDC token: in CI, or in Kubernetes | [`AssumeRoleWithWebIdentity`] |
//! | an access key, and somebody else to give less to | [`GetFederationToken`] |

mod access_key;
mod access_key_rotation;
mod answers;
mod assume_role;
mod assume_role_with_saml;
mod assume_role_with_web_identity;
mod console;
mod convert;
mod duration;
mod endpoint_settings;
mod get_federation_token;
mod get_role_credentials;
mod get_session_token;
#[cfg(feature = "default-https-client")]
mod https;
mod iam;
mod identity_provider_login;
mod mfa;
mod partition;
mod portal_login;
mod provided_context;
mod refusal;
mod role_duration;
mod role_session;
mod role_sync;
mod saml;
mod session_policy;
mod session_tag;
mod session_token_size;
mod sso;
mod sts;
#[cfg(feature = "command")]
mod token_command;
mod token_file;
mod web_identity_token;

pub use self::access_key_rotation::{
    AccessKeyRotation, AccessKeyStatus, KeyRole, LastUse, Resumed, RotatedKey, RotationStatus,
};
pub use self::assume_role::AssumeRole;
pub use self::assume_role_with_saml::AssumeRoleWithSaml;
pub use self::assume_role_with_web_identity::AssumeRoleWithWebIdentity;
pub use self::console::{Console, ConsoleSignIn};
pub(crate) use self::convert::Converted;
pub use self::endpoint_settings::{EndpointSettings, Service};
pub use self::get_federation_token::GetFederationToken;
pub use self::get_role_credentials::GetRoleCredentials;
pub use self::get_session_token::GetSessionToken;
pub use self::iam::Iam;
pub use self::identity_provider_login::IdentityProviderLogin;
pub use self::partition::Partition;
pub use self::portal_login::{
    AssignedRole, LoginFlow, LoginHost, LoginPage, LoginPrompt, LoginResponder, PortalAccount, PortalLogin,
    SsoTokenCache, StartUrl, Surroundings,
};
pub use self::role_sync::{RoleDefinition, RoleSync, SyncChange};
pub use self::saml::{OfferedRole, SamlResponse};
pub use self::session_tag::SessionTag;
pub use self::sso::Sso;
pub use self::sts::Sts;
pub use self::token_file::TokenFile;
pub use self::web_identity_token::{TokenSource, WebIdentityToken};

use crate::{Error, ErrorKind};

/// The bound of a list.
fn at_most(most: usize, count: usize, what: &str) -> Result<(), Error> {
    if count > most {
        let message = format!("{count} {what}, where at most {most} are allowed");
        Err(Error::new(ErrorKind::InvalidInput, message))
    } else {
        Ok(())
    }
}
