//! Which of the roles that a response offers is meant.

use super::{OfferedRole, SamlResponse};
use crate::{Error, ErrorKind, RoleArn, SamlProviderArn};

/// More roles than this help nobody in a message.
const MOST_LISTED: usize = 20;

/// What was set or chosen; what was not may be any.
pub(in crate::aws) struct Wanted<'a> {
    pub(in crate::aws) role_arn: Option<&'a RoleArn>,
    pub(in crate::aws) principal_arn: Option<&'a SamlProviderArn>,
}

impl Wanted<'_> {
    /// The roles that may be meant: one, or several different ones.
    pub(in crate::aws) fn among<'r>(
        &self,
        response: &'r SamlResponse,
    ) -> Result<Vec<&'r OfferedRole>, Error> {
        let is_wanted = |offered: &&OfferedRole| {
            self.role_arn.is_none_or(|role_arn| offered.role_arn == *role_arn)
                && self.principal_arn.is_none_or(|principal| offered.principal_arn == *principal)
        };
        let found: Vec<&OfferedRole> = response.roles().iter().filter(is_wanted).collect();
        match &found[..] {
            [] => Err(self.not_offered(response)),
            [first, .., last] if distinct(&found).len() == 1 => {
                let (role, one, other) = (&first.role_arn, &first.principal_arn, &last.principal_arn);
                let message =
                    format!("role {role} is offered through {one} and {other}: say which of them is meant");
                Err(Error::new(ErrorKind::InvalidInput, message))
            }
            _ => Ok(found),
        }
    }

    fn not_offered(&self, response: &SamlResponse) -> Error {
        let wanted =
            self.role_arn.map_or_else(|| "any role".to_owned(), |role_arn| format!("role {role_arn}"));
        let through = self.principal_arn.map(|arn| format!(" through {arn}")).unwrap_or_default();
        let offered: Vec<&OfferedRole> = response.roles().iter().collect();
        let roles = distinct(&offered);
        let more = if roles.len() > MOST_LISTED { " and more" } else { "" };
        let listed: Vec<&str> = roles.iter().take(MOST_LISTED).map(RoleArn::as_str).collect();
        let offers = if listed.is_empty() { "none at all".to_owned() } else { listed.join(", ") };
        let message =
            format!("the identity provider does not offer {wanted}{through}; it offers {offers}{more}");
        Error::new(ErrorKind::AccessDenied, message)
    }
}

/// Each role once, in the order in which they are offered.
pub(in crate::aws) fn distinct(offered: &[&OfferedRole]) -> Vec<RoleArn> {
    let mut roles: Vec<RoleArn> = Vec::new();
    for role in offered {
        if !roles.contains(&role.role_arn) {
            roles.push(role.role_arn.clone());
        }
    }
    roles
}
