//! What a trusted identity provider says of the person behind a session.

use aws_sdk_sts::types::ProvidedContext;

use super::at_most;
use crate::{Error, ErrorKind, Secret};

const MOST: usize = 5;

/// The contexts of one request, for
/// [trusted identity propagation](https://docs.aws.amazon.com/singlesignon/latest/userguide/trustedidentitypropagation.html).
#[derive(Clone, Debug, Default)]
pub(super) struct ProvidedContexts(Vec<Context>);

#[derive(Clone, Debug)]
struct Context {
    provider_arn: String,
    context_assertion: Secret,
}

impl ProvidedContexts {
    pub(super) fn with(mut self, provider_arn: &str, context_assertion: Secret) -> Result<Self, Error> {
        at_most(MOST, self.0.len() + 1, "provided contexts")?;
        let invalid = |message: String| Error::new(ErrorKind::InvalidInput, message);
        if !(20..=2048).contains(&provider_arn.chars().count()) {
            return Err(invalid(format!(
                "context provider ARN {provider_arn:?} has not 20 to 2048 characters"
            )));
        }
        if !(4..=2048).contains(&context_assertion.expose().chars().count()) {
            return Err(invalid("the context assertion has not 4 to 2048 characters".to_owned()));
        }
        self.0.push(Context { provider_arn: provider_arn.to_owned(), context_assertion });
        Ok(self)
    }

    /// As the API takes them: a list that is not there, but none that is empty.
    pub(super) fn all(&self) -> Option<Vec<ProvidedContext>> {
        (!self.0.is_empty()).then(|| self.0.iter().map(Context::built).collect())
    }
}

impl Context {
    fn built(&self) -> ProvidedContext {
        ProvidedContext::builder()
            .provider_arn(&self.provider_arn)
            .context_assertion(self.context_assertion.expose())
            .build()
    }
}
