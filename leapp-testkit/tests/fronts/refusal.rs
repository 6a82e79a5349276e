//! What STS says no with, whichever operation was asked.

use std::fmt::Debug;

use aws_sdk_sts::error::{ProvideErrorMetadata, SdkError};
use aws_smithy_runtime_api::client::orchestrator::HttpResponse;

/// What an error answer said.
#[derive(Debug, PartialEq)]
pub(crate) struct Refused {
    pub(crate) code: String,
    pub(crate) status: u16,
    pub(crate) message: String,
}

pub(crate) fn refused<T, E>(result: Result<T, SdkError<E, HttpResponse>>) -> Refused
where
    T: Debug,
    E: ProvideErrorMetadata + std::error::Error + 'static,
{
    let error = result.err().unwrap();
    let status = error.raw_response().unwrap().status().as_u16();
    let text = |text: Option<&str>| text.unwrap().to_owned();
    Refused { code: text(error.code()), status, message: text(error.message()) }
}

/// Fails unless STS answered with this refusal; the words only have to be in the message.
#[track_caller]
pub(crate) fn assert_refused<T, E>(
    result: Result<T, SdkError<E, HttpResponse>>,
    code: &str,
    status: u16,
    words: &str,
) where
    T: Debug,
    E: ProvideErrorMetadata + std::error::Error + 'static,
{
    let refused = refused(result);
    assert_eq!((refused.code.as_str(), refused.status), (code, status), "{refused:?}");
    assert!(refused.message.contains(words), "{refused:?}, not {words:?}");
}
