//! Session kinds that call AWS, one file each, named as the API action; and credentials for AWS SDK clients.

mod answers;
mod assume_role;
mod console;
mod convert;
mod duration;
mod endpoint_settings;
mod get_session_token;
#[cfg(feature = "default-https-client")]
mod https;
mod mfa;
mod partition;
mod refusal;
mod session_tag;
mod sts;

pub use self::assume_role::AssumeRole;
pub use self::console::{Console, ConsoleSignIn};
pub(crate) use self::convert::Converted;
pub use self::endpoint_settings::{EndpointSettings, Service};
pub use self::get_session_token::GetSessionToken;
pub use self::partition::Partition;
pub use self::session_tag::SessionTag;
pub use self::sts::Sts;
