//! What a SAML response says of roles and times, and where it may be posted.
//!
//! It is read, not believed: signatures are STS's to verify. What is read here decides which role is asked for, and whether
//! asking makes sense at all.

mod choice;
mod door;
mod kept;
mod login_page;
mod offered;
mod response;
pub(super) mod sign_in;
mod validity;

pub(super) use self::choice::{Wanted, distinct};
pub(super) use self::kept::{Keeper, Kept, MOST_KEPT};
pub(super) use self::login_page::LoginPage;
pub use self::offered::OfferedRole;
pub use self::response::SamlResponse;

use crate::{Error, ErrorKind};

/// What is wrong with a response, and where. No text of the response goes in here.
fn refuse(what: &str) -> Error {
    Error::new(ErrorKind::InvalidInput, format!("the SAML response {what}"))
}
