//! boto3.

use super::lab::Lab;
use super::table::{Row, assert_cases};

const STS: &str = concat!(include_str!("cases.py"), include_str!("sts.py"));
const IAM: &str = concat!(include_str!("cases.py"), include_str!("iam.py"));
const IDENTITY_CENTER: &str = concat!(include_str!("cases.py"), include_str!("identity_center.py"));
const PROFILES: &str = concat!(include_str!("cases.py"), include_str!("profiles.py"));

const OF_STS: &[Row] = &[
    ["a user", "ok", "arn:aws:iam::111122223333:user/alice"],
    ["a wrong secret", "ClientError", "SignatureDoesNotMatch 403"],
    ["an unknown key", "ClientError", "InvalidClientTokenId 403"],
    ["a session token that belongs to no key", "ClientError", "InvalidClientTokenId 403"],
    ["an expired set", "ClientError", "ExpiredToken 403"],
    ["a clock ten minutes behind", "ClientError", "SignatureDoesNotMatch 403"],
    ["DENYING", "ClientError", "AccessDenied 403"],
    ["EXPIRED", "ClientError", "ExpiredToken 403"],
    ["THROTTLED", "ClientError", "Throttling 400"],
    ["FAILING", "ClientError", "InternalFailure 500"],
    ["UNAVAILABLE", "ClientError", "ServiceUnavailable 503"],
    ["TRUNCATED", "ResponseParserError", "-"],
    ["DOUBLED", "ResponseParserError", "-"],
    ["CUT_SHORT", "ConnectionClosedError", "-"],
    ["DROPPED", "ConnectionClosedError", "-"],
    ["SILENT", "ReadTimeoutError", "-"],
    ["a presigned URL", "ok", "arn:aws:iam::111122223333:user/alice"],
    ["a presigned URL that was changed", "HTTPError", "SignatureDoesNotMatch 403"],
    ["a session", "ok", "arn:aws:iam::111122223333:user/alice"],
    ["a session asks for a session", "ClientError", "AccessDenied 403"],
    ["MFA", "ok", "arn:aws:iam::111122223333:user/alice"],
    ["a code that was used", "ClientError", "AccessDenied 403"],
    ["a wrong code", "ClientError", "AccessDenied 403"],
    ["a device that is not there", "ClientError", "AccessDenied 403"],
    ["a session of more than 36 hours", "ClientError", "ValidationError 400"],
    ["a role", "ok", "arn:aws:sts::111122223333:assumed-role/Deploy/session"],
    ["a role session", "ok", "arn:aws:sts::111122223333:assumed-role/Deploy/session"],
    ["a role for two hours", "ok", "2"],
    ["a role that trusts somebody else", "ClientError", "AccessDenied 403"],
    ["a role that asks for MFA", "ClientError", "AccessDenied 403"],
    ["a role that is given MFA", "ok", "arn:aws:sts::111122223333:assumed-role/Guarded/session"],
    ["an external id", "ok", "arn:aws:sts::111122223333:assumed-role/Partner/session"],
    ["no external id", "ClientError", "AccessDenied 403"],
    ["a wrong external id", "ClientError", "AccessDenied 403"],
    ["longer than the role allows", "ClientError", "ValidationError 400"],
    ["a chain of an hour", "ok", "arn:aws:sts::111122223333:assumed-role/Next/session"],
    ["a chain of more than an hour", "ClientError", "ValidationError 400"],
    ["a session policy", "ok", "True"],
    ["a policy that is no JSON", "MalformedPolicyDocumentException", "MalformedPolicyDocument 400"],
    ["a policy ARN that is none", "ClientError", "ValidationError 400"],
    ["tags", "ok", "True"],
    ["more tags than there is room for", "PackedPolicyTooLargeException", "PackedPolicyTooLarge 400"],
    ["a tag twice", "ClientError", "InvalidParameterValue 400"],
    ["a source identity", "ok", "alice"],
    ["a session name with a space", "ClientError", "ValidationError 400"],
    ["nobody", "NoCredentialsError", "-"],
    ["a SAML response", "ok", "arn:aws:sts::111122223333:assumed-role/Saml/alice"],
    ["what SAML said", "ok", "alice persistent https://signin.aws.amazon.com/saml"],
    ["a SAML response for another role", "ClientError", "AccessDenied 403"],
    ["a SAML response that was changed", "InvalidIdentityTokenException", "InvalidIdentityToken 400"],
    ["an old SAML response", "ExpiredTokenException", "ExpiredTokenException 400"],
    ["a SAML login that failed", "IDPRejectedClaimException", "IDPRejectedClaim 403"],
    ["what is no SAML response", "InvalidIdentityTokenException", "InvalidIdentityToken 400"],
    ["a web identity", "ok", "arn:aws:sts::111122223333:assumed-role/Web/ci"],
    ["what the token said", "ok", "repo:octo/app sts.amazonaws.com"],
    ["another key's web identity", "InvalidIdentityTokenException", "InvalidIdentityToken 400"],
    ["an old web identity", "ExpiredTokenException", "ExpiredTokenException 400"],
    ["a subject that is not trusted", "ClientError", "AccessDenied 403"],
    ["what is no web identity", "InvalidIdentityTokenException", "InvalidIdentityToken 400"],
    ["a federated user", "ok", "arn:aws:sts::111122223333:federated-user/guest"],
    ["a federated user asks for a role", "ClientError", "AccessDenied 403"],
    ["a role session federates", "ClientError", "AccessDenied 403"],
    ["a key's account", "ok", "111122223333"],
    ["an unknown key's account", "ClientError", "ValidationError 400"],
];
const OF_IAM: &[Row] = &[
    ["a user", "ok", "alice arn:aws:iam::111122223333:user/alice"],
    ["one key", "ok", "Active"],
    ["a second key", "ok", "alice Active"],
    ["what it is good for", "ok", "arn:aws:iam::111122223333:user/alice"],
    ["a third key", "LimitExceededException", "LimitExceeded 409"],
    ["its last use", "ok", "sts eu-west-1 alice"],
    ["out of use", "ok", "200"],
    ["an inactive key", "ClientError", "InvalidClientTokenId 403"],
    ["both keys", "ok", "Active Inactive"],
    ["deleted", "ok", "200"],
    ["deleted twice", "NoSuchEntityException", "NoSuchEntity 404"],
    ["somebody else's keys", "ClientError", "AccessDenied 403"],
    ["a status that is none", "ClientError", "ValidationError 400"],
    ["a session without MFA", "ClientError", "InvalidClientTokenId 403"],
    ["a session with MFA", "ok", "1"],
    ["a wrong secret", "ClientError", "SignatureDoesNotMatch 403"],
    ["DENYING", "ClientError", "AccessDenied 403"],
    ["THROTTLED", "ClientError", "Throttling 400"],
    ["FAILING", "ClientError", "InternalFailure 500"],
    ["UNAVAILABLE", "ClientError", "ServiceUnavailable 503"],
    ["DROPPED", "ConnectionClosedError", "-"],
];
const OF_IDENTITY_CENTER: &[Row] = &[
    ["a client", "ok", "90"],
    ["a confidential client", "InvalidClientMetadataException", "InvalidClientMetadataException 400"],
    ["a scope that is none", "InvalidScopeException", "InvalidScopeException 400"],
    ["an address on the net", "InvalidRedirectUriException", "InvalidRedirectUriException 400"],
    ["a grant that is none", "UnsupportedGrantTypeException", "UnsupportedGrantTypeException 400"],
    ["an unknown client", "InvalidClientException", "InvalidClientException 401"],
    ["an unknown start URL", "InvalidRequestException", "InvalidRequestException 400"],
    ["a device", "ok", "deviceCode expiresIn interval userCode verificationUri verificationUriComplete"],
    ["nobody has decided", "AuthorizationPendingException", "AuthorizationPendingException 400"],
    ["the page", "ok", "Request approved"],
    ["a token", "ok", "accessToken expiresIn refreshToken tokenType"],
    ["a device code that was used", "InvalidGrantException", "InvalidGrantException 400"],
    ["nobody has decided yet", "AuthorizationPendingException", "AuthorizationPendingException 400"],
    ["too soon", "SlowDownException", "SlowDownException 400"],
    ["the page, denied", "ok", "Request denied"],
    ["somebody said no", "AccessDeniedException", "AccessDeniedException 400"],
    ["another client's device", "InvalidGrantException", "InvalidGrantException 400"],
    ["a grant without a word of it", "UnsupportedGrantTypeException", "UnsupportedGrantTypeException 400"],
    ["a grant that is not registered", "UnauthorizedClientException", "UnauthorizedClientException 400"],
    ["OIDC: DENYING", "AccessDeniedException", "AccessDeniedException 400"],
    ["OIDC: EXPIRED", "ExpiredTokenException", "ExpiredTokenException 400"],
    ["OIDC: FAILING", "InternalServerException", "InternalServerException 500"],
    ["OIDC: THROTTLED", "SlowDownException", "SlowDownException 400"],
    ["OIDC: UNAVAILABLE", "ClientError", "ServiceUnavailableException 503"],
    ["OIDC: TRUNCATED", "ok", ""],
    ["OIDC: DROPPED", "ConnectionClosedError", "-"],
    ["accounts", "ok", "Development Production"],
    ["accounts by the page", "ok", "[['111122223333'], ['222233334444']]"],
    ["a page that is none", "InvalidRequestException", "InvalidRequestException 400"],
    ["roles", "ok", "Admin ReadOnly"],
    ["somebody else's account", "ClientError", "ForbiddenException 403"],
    ["an account that is not there", "ResourceNotFoundException", "ResourceNotFoundException 404"],
    ["a role's credentials", "ok", "arn:aws:sts::111122223333:assumed-role/AWSReservedSSO_Admin_0/alice"],
    ["a role for an hour", "ok", "1"],
    ["a role that is not assigned", "ClientError", "ForbiddenException 403"],
    ["an account number that is none", "InvalidRequestException", "InvalidRequestException 400"],
    ["a token that is none", "UnauthorizedException", "UnauthorizedException 401"],
    ["portal: DENYING", "ClientError", "ForbiddenException 403"],
    ["portal: EXPIRED", "UnauthorizedException", "UnauthorizedException 401"],
    ["portal: THROTTLED", "TooManyRequestsException", "TooManyRequestsException 429"],
    ["portal: FAILING", "ClientError", "InternalServerException 500"],
    ["portal: UNAVAILABLE", "ClientError", "ServiceUnavailableException 503"],
    ["portal: TRUNCATED", "UnauthorizedException", "UnauthorizedException 401"],
    ["portal: DROPPED", "ConnectionClosedError", "-"],
    ["a token that was refreshed", "ok", "Admin ReadOnly"],
    ["a refresh token that was used", "InvalidGrantException", "InvalidGrantException 400"],
    ["what came of it", "UnauthorizedException", "UnauthorizedException 401"],
    ["signed in again", "ok", "Admin ReadOnly"],
    ["logged out", "ok", "200"],
    ["a token after that", "UnauthorizedException", "UnauthorizedException 401"],
    ["a refresh token after that", "InvalidGrantException", "InvalidGrantException 400"],
];
const OF_PROFILES: &[Row] = &[
    ["alice", "ok", "arn:aws:iam::111122223333:user/alice"],
    ["deploy", "ok", "arn:aws:sts::111122223333:assumed-role/Deploy/shell"],
    ["chain", "ok", "arn:aws:sts::111122223333:assumed-role/Next/shell"],
    ["partner", "ok", "arn:aws:sts::111122223333:assumed-role/Partner/shell"],
    ["foreign", "ClientError", "AccessDenied 403"],
    ["ci", "ok", "arn:aws:sts::111122223333:assumed-role/Web/ci"],
    ["ci-old", "ExpiredTokenException", "ExpiredTokenException 400"],
    ["guarded", "ok", "arn:aws:sts::111122223333:assumed-role/Guarded/shell"],
    ["guarded, wrong code", "ClientError", "AccessDenied 403"],
    ["portal", "ok", "arn:aws:sts::111122223333:assumed-role/AWSReservedSSO_Admin_0/alice"],
    ["portal-legacy", "ok", "arn:aws:sts::111122223333:assumed-role/AWSReservedSSO_ReadOnly_0/alice"],
    ["portal-forbidden", "ClientError", "ForbiddenException 403"],
    [
        "an expired token is refreshed",
        "ok",
        "arn:aws:sts::111122223333:assumed-role/AWSReservedSSO_Admin_0/alice",
    ],
    ["logged out", "UnauthorizedSSOTokenError", "-"],
    ["an expired token that cannot be refreshed", "TokenRetrievalError", "-"],
];

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[cfg_attr(not(feature = "interop"), ignore = "outside check, left to `cargo xtask test`")]
async fn boto3_tells_the_answers_of_sts_apart() {
    let lab = Lab::new().await;
    assert_cases(&lab.python(STS), OF_STS);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[cfg_attr(not(feature = "interop"), ignore = "outside check, left to `cargo xtask test`")]
async fn boto3_tells_the_answers_of_iam_apart() {
    let lab = Lab::new().await;
    assert_cases(&lab.python(IAM), OF_IAM);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[cfg_attr(not(feature = "interop"), ignore = "outside check, left to `cargo xtask test`")]
async fn boto3_tells_the_answers_of_identity_center_apart() {
    let lab = Lab::new().await;
    assert_cases(&lab.python(IDENTITY_CENTER), OF_IDENTITY_CENTER);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[cfg_attr(not(feature = "interop"), ignore = "outside check, left to `cargo xtask test`")]
async fn boto3_comes_to_credentials_by_every_kind_of_profile() {
    let lab = Lab::new().await;
    lab.sign_in();
    assert_cases(&lab.python(PROFILES), OF_PROFILES);
}
