//! Believing a token: whose it is, for whom, until when.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use leapp_core::RoleArn;
use serde_json::{Map, Value};

use super::claims::{ROLES, SOURCE_IDENTITY};
use super::issuers::OidcIssuer;
use super::jws::Jws;
use super::provider::OidcFailure;
use super::tags::TokenTags;
use crate::aws::refusal::Refusal;
use crate::aws::world::World;

/// A token from the future is a clock that is off, up to here.
const SKEW: Duration = Duration::from_secs(5 * 60);
const REQUIRED: [&str; 5] = ["iss", "sub", "aud", "exp", "iat"];

/// Whom a provider vouches for.
pub(in crate::aws) struct WebIdentity {
    pub(in crate::aws) provider_arn: String,
    pub(in crate::aws) subject: String,
    pub(in crate::aws) audience: String,
    pub(in crate::aws) tags: TokenTags,
    pub(in crate::aws) source_identity: Option<String>,
}

impl WebIdentity {
    /// What a token says, when a provider of the role's account stands behind it and it is for this role.
    pub(in crate::aws) fn verify(
        token: &str,
        role_arn: &RoleArn,
        world: &mut World,
        now: SystemTime,
    ) -> Result<Self, Refusal> {
        world.checking("web identity token");
        let jws = Jws::parse(token).ok_or_else(not_a_jwt)?;
        let claims = &jws.claims;
        if let Some(missing) = REQUIRED.iter().find(|name| !claims.contains_key(**name)) {
            return Err(invalid(format!("Missing a required claim: {missing}")));
        }
        let (issuer, subject) = (text(claims, "iss")?, text(claims, "sub")?);
        world.checking("identity provider");
        let (partition, account_id) = (role_arn.partition(), role_arn.account_id());
        let known = world.oidc_issuers.of_account(partition, &account_id, &issuer);
        let known = known.cloned().ok_or_else(|| {
            invalid(format!("No OpenIDConnect provider found in your account for {issuer}"))
        })?;
        world.checking("token signature");
        check_signature(&jws, &known)?;
        world.checking("token times");
        check_times(claims, now)?;
        world.checking("token audience");
        let audience = audience(claims, &known)?;
        world.checking("token roles");
        check_roles(claims, role_arn)?;
        let source_identity = claims.contains_key(SOURCE_IDENTITY).then(|| text(claims, SOURCE_IDENTITY));
        Ok(Self {
            provider_arn: known.arn.to_string(),
            audience,
            tags: TokenTags::of(claims)?,
            source_identity: source_identity.transpose()?,
            subject,
        })
    }
}

fn check_signature(jws: &Jws<'_>, issuer: &OidcIssuer) -> Result<(), Refusal> {
    match issuer.failure {
        Some(OidcFailure::OutOfReach) => return Err(Refusal::idp_communication_error()),
        Some(OidcFailure::RejectsClaims) => return Err(Refusal::idp_rejected_claim()),
        None => {}
    }
    if jws.algorithm().is_none_or(|alg| alg == "none") {
        return Err(not_a_jwt());
    }
    // A token that names none is looked up under the empty name, even where there is one key alone:
    // https://github.com/aws/amazon-eks-pod-identity-webhook/pull/9.
    let key_id = jws.header.get("kid").and_then(Value::as_str).unwrap_or_default();
    let key = issuer.key(key_id).ok_or_else(|| {
        // The two blanks are AWS's.
        invalid(
            "Couldn't retrieve verification key from your identity provider,  please reference \
             AssumeRoleWithWebIdentity documentation for requirements",
        )
    })?;
    if jws.is_signed_by(key) { Ok(()) } else { Err(invalid("The signature of the token is not valid")) }
}

fn check_times(claims: &Map<String, Value>, now: SystemTime) -> Result<(), Refusal> {
    let expiration = seconds(claims, "exp")?.unwrap_or_default();
    let seconds_now = since_epoch(now);
    if seconds_now >= expiration {
        return Err(Refusal::web_identity_expired(seconds_now, expiration));
    }
    let latest = since_epoch(now + SKEW);
    for name in ["iat", "nbf"] {
        if seconds(claims, name)?.is_some_and(|time| time > latest) {
            return Err(invalid(format!("The {name} claim of the token is in the future")));
        }
    }
    Ok(())
}

/// The authorized party takes the audience's place, as in the condition key of a trust policy:
/// [condition keys for OIDC](https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_iam-condition-keys.html#condition-keys-wif).
fn audience(claims: &Map<String, Value>, issuer: &OidcIssuer) -> Result<String, Refusal> {
    let named = claims.get("azp").or_else(|| claims.get("aud"));
    let audiences: Vec<&str> = match named {
        Some(Value::Array(several)) => several.iter().filter_map(Value::as_str).collect(),
        Some(one) => one.as_str().into_iter().collect(),
        None => Vec::new(),
    };
    let known = issuer.known_audience(&audiences).map(str::to_owned);
    known.ok_or_else(|| invalid("Incorrect token audience"))
}

/// A token may say which roles it is for; it says so by their exact ARNs.
fn check_roles(claims: &Map<String, Value>, role_arn: &RoleArn) -> Result<(), Refusal> {
    let is_for = |one: &Value| one.as_str() == Some(role_arn.as_str());
    let is_permitted = match claims.get(ROLES) {
        None => true,
        Some(Value::Array(roles)) => roles.iter().any(is_for),
        Some(role) => is_for(role),
    };
    if is_permitted { Ok(()) } else { Err(invalid("The token is not for this role")) }
}

fn text(claims: &Map<String, Value>, name: &str) -> Result<String, Refusal> {
    let text = claims.get(name).and_then(Value::as_str).filter(|text| !text.is_empty());
    text.map(str::to_owned).ok_or_else(|| invalid(format!("The {name} claim of the token is not a text")))
}

/// AWS takes whole numbers only.
fn seconds(claims: &Map<String, Value>, name: &str) -> Result<Option<u64>, Refusal> {
    let seconds = |value: &Value| {
        value.as_u64().ok_or_else(|| invalid(format!("The {name} claim of the token is not a whole number")))
    };
    claims.get(name).map(seconds).transpose()
}

fn since_epoch(time: SystemTime) -> u64 {
    time.duration_since(UNIX_EPOCH).unwrap_or_default().as_secs()
}

fn not_a_jwt() -> Refusal {
    invalid("The ID Token provided is not a valid JWT. (You may see this error if you sent an Access Token)")
}

fn invalid(message: impl Into<String>) -> Refusal {
    Refusal::invalid_identity_token(message)
}
