//! The AWS SDK for JavaScript v3.

use super::lab::Lab;
use super::table::{Row, assert_cases};

const STS: &str = concat!(include_str!("cases.mjs"), include_str!("sts.mjs"));
const IDENTITY_CENTER: &str = concat!(include_str!("cases.mjs"), include_str!("identity_center.mjs"));
const PROFILES: &str = concat!(include_str!("cases.mjs"), include_str!("profiles.mjs"));

const OF_STS: &[Row] = &[
    ["a user", "ok", "arn:aws:iam::111122223333:user/alice"],
    ["a wrong secret", "SignatureDoesNotMatch", "403"],
    ["an unknown key", "InvalidClientTokenId", "403"],
    ["DENYING", "AccessDenied", "403"],
    ["EXPIRED", "ExpiredToken", "403"],
    ["THROTTLED", "Throttling", "400"],
    ["FAILING", "InternalFailure", "500"],
    ["UNAVAILABLE", "ServiceUnavailable", "503"],
    ["TRUNCATED", "Error", "200"],
    ["DOUBLED", "ok", "arn:aws:iam::111122223333:user/alice"],
    ["DROPPED", "TimeoutError", "-"],
    ["a clock ten minutes behind", "SignatureDoesNotMatch", "403"],
    ["a clock that was corrected", "ok", "arn:aws:iam::111122223333:user/alice"],
    ["MFA", "ok", "arn:aws:iam::111122223333:user/alice"],
    ["a code that was used", "AccessDenied", "403"],
    ["a role", "ok", "arn:aws:sts::111122223333:assumed-role/Deploy/session"],
    ["a role session", "ok", "arn:aws:sts::111122223333:assumed-role/Deploy/session"],
    ["a role that trusts somebody else", "AccessDenied", "403"],
    ["an external id", "ok", "arn:aws:sts::111122223333:assumed-role/Partner/session"],
    ["no external id", "AccessDenied", "403"],
    ["a chain of an hour", "ok", "arn:aws:sts::111122223333:assumed-role/Next/session"],
    ["a chain of more than an hour", "ValidationError", "400"],
    ["a policy that is no JSON", "MalformedPolicyDocumentException", "400"],
    ["more tags than there is room for", "PackedPolicyTooLargeException", "400"],
    ["a tag twice", "InvalidParameterValue", "400"],
    ["a SAML response", "ok", "arn:aws:sts::111122223333:assumed-role/Saml/alice"],
    ["a SAML response that was changed", "InvalidIdentityTokenException", "400"],
    ["an old SAML response", "ExpiredTokenException", "400"],
    ["a SAML login that failed", "IDPRejectedClaimException", "403"],
    ["a web identity", "ok", "arn:aws:sts::111122223333:assumed-role/Web/ci"],
    ["another key's web identity", "InvalidIdentityTokenException", "400"],
    ["an old web identity", "ExpiredTokenException", "400"],
    ["a federated user", "ok", "arn:aws:sts::111122223333:federated-user/guest"],
    ["a role session federates", "AccessDenied", "403"],
    ["a key's account", "ok", "111122223333"],
];
const OF_IDENTITY_CENTER: &[Row] = &[
    ["an unknown client", "InvalidClientException", "401"],
    ["an unknown start URL", "InvalidRequestException", "400"],
    ["nobody has decided", "AuthorizationPendingException", "400"],
    ["too soon", "SlowDownException", "400"],
    ["the page, denied", "ok", "Request denied"],
    ["somebody said no", "AccessDeniedException", "400"],
    ["the page", "ok", "Request approved"],
    ["a token", "ok", "Bearer 3600"],
    ["a device code that was used", "InvalidGrantException", "400"],
    ["a grant that is none", "UnsupportedGrantTypeException", "400"],
    ["OIDC: DENYING", "AccessDeniedException", "400"],
    ["OIDC: EXPIRED", "ExpiredTokenException", "400"],
    ["OIDC: THROTTLED", "SlowDownException", "400"],
    ["OIDC: FAILING", "InternalServerException", "500"],
    ["OIDC: UNAVAILABLE", "ServiceUnavailableException", "503"],
    ["OIDC: TRUNCATED", "SyntaxError", "200"],
    ["OIDC: DROPPED", "TimeoutError", "-"],
    ["the browser comes back", "ok", "127.0.0.1:49152 s"],
    ["somebody else's verifier", "InvalidGrantException", "400"],
    ["another address", "InvalidGrantException", "400"],
    ["a token for a code", "ok", "Bearer"],
    ["a code that was used", "InvalidGrantException", "400"],
    ["the browser comes back with a no", "ok", "access_denied"],
    ["accounts by the page", "ok", "Development,Production"],
    ["roles", "ok", "Admin,ReadOnly"],
    ["somebody else's account", "ForbiddenException", "403"],
    ["an account that is not there", "ResourceNotFoundException", "404"],
    ["a role's credentials", "ok", "arn:aws:sts::111122223333:assumed-role/AWSReservedSSO_Admin_0/alice"],
    ["a role that is not assigned", "ForbiddenException", "403"],
    ["an account number that is none", "InvalidRequestException", "400"],
    ["portal: DENYING", "ForbiddenException", "403"],
    ["portal: EXPIRED", "UnauthorizedException", "401"],
    ["portal: THROTTLED", "TooManyRequestsException", "429"],
    ["portal: FAILING", "InternalServerException", "500"],
    ["portal: UNAVAILABLE", "ServiceUnavailableException", "503"],
    ["portal: TRUNCATED", "SyntaxError", "401"],
    ["portal: DROPPED", "TimeoutError", "-"],
    ["a token that was refreshed", "ok", "Admin,ReadOnly"],
    ["logged out", "ok", "200"],
    ["a token after that", "UnauthorizedException", "401"],
    ["a refresh token after that", "InvalidGrantException", "400"],
];
const OF_PROFILES: &[Row] = &[
    ["fromIni: alice", "ok", "arn:aws:iam::111122223333:user/alice"],
    ["fromIni: deploy", "ok", "arn:aws:sts::111122223333:assumed-role/Deploy/shell"],
    ["fromIni: chain", "ok", "arn:aws:sts::111122223333:assumed-role/Next/shell"],
    ["fromIni: partner", "ok", "arn:aws:sts::111122223333:assumed-role/Partner/shell"],
    ["fromIni: foreign", "AccessDenied", "403"],
    ["fromIni: ci", "ok", "arn:aws:sts::111122223333:assumed-role/Web/ci"],
    ["fromIni: ci-old", "ExpiredTokenException", "400"],
    ["fromIni: guarded", "ok", "arn:aws:sts::111122223333:assumed-role/Guarded/shell"],
    ["fromIni: guarded, nobody to ask", "CredentialsProviderError", "-"],
    ["fromTemporaryCredentials", "ok", "arn:aws:sts::111122223333:assumed-role/Deploy/session"],
    ["fromTemporaryCredentials: no external id", "AccessDenied", "403"],
    ["fromWebToken", "ok", "arn:aws:sts::111122223333:assumed-role/Web/ci"],
    ["fromWebToken: another key's", "InvalidIdentityTokenException", "400"],
    ["fromSSO: portal", "ok", "arn:aws:sts::111122223333:assumed-role/AWSReservedSSO_Admin_0/alice"],
    [
        "fromSSO: portal-legacy",
        "ok",
        "arn:aws:sts::111122223333:assumed-role/AWSReservedSSO_ReadOnly_0/alice",
    ],
    ["fromSSO: portal-forbidden", "CredentialsProviderError", "-"],
    ["fromIni: portal", "ok", "arn:aws:sts::111122223333:assumed-role/AWSReservedSSO_Admin_0/alice"],
    [
        "fromSSO: an expired token is refreshed",
        "ok",
        "arn:aws:sts::111122223333:assumed-role/AWSReservedSSO_Admin_0/alice",
    ],
    ["fromSSO: logged out", "CredentialsProviderError", "-"],
];

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[cfg_attr(not(feature = "interop"), ignore = "outside check, left to `cargo xtask test`")]
async fn javascript_tells_the_answers_of_sts_apart() {
    let lab = Lab::new().await;
    assert_cases(&lab.javascript(STS), OF_STS);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[cfg_attr(not(feature = "interop"), ignore = "outside check, left to `cargo xtask test`")]
async fn javascript_tells_the_answers_of_identity_center_apart() {
    let lab = Lab::new().await;
    assert_cases(&lab.javascript(IDENTITY_CENTER), OF_IDENTITY_CENTER);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[cfg_attr(not(feature = "interop"), ignore = "outside check, left to `cargo xtask test`")]
async fn javascript_comes_to_credentials_by_every_provider() {
    let lab = Lab::new().await;
    lab.sign_in();
    assert_cases(&lab.javascript(PROFILES), OF_PROFILES);
}
