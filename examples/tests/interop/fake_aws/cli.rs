//! The AWS CLI.

use super::lab::Lab;
use crate::clients::Ended;

/// Arguments, with what stands in braces taken from the lab; more variables; the exit status; the answer, or the code.
type Call = (&'static str, &'static [(&'static str, &'static str)], i32, &'static str);

const ALICE: &[(&str, &str)] = &[("AWS_PROFILE", "alice")];
const WHO: &str = "sts get-caller-identity --query Arn";
const SAML: &str = "sts assume-role-with-saml --role-arn {SAML_ROLE} --principal-arn {SAML_PROVIDER} \
                    --query AssumedRoleUser.Arn --saml-assertion {SAML_RESPONSE}";
const DAMAGED_SAML: &str = "sts assume-role-with-saml --role-arn {SAML_ROLE} --principal-arn {SAML_PROVIDER} \
                            --saml-assertion {SAML_DAMAGED}";
const WRONG_SECRET: &[(&str, &str)] =
    &[("AWS_ACCESS_KEY_ID", "{KEY_ID}"), ("AWS_SECRET_ACCESS_KEY", "wrong")];
const UNKNOWN_KEY: &[(&str, &str)] =
    &[("AWS_ACCESS_KEY_ID", "AKIAI44QH8DHBEXAMPLE"), ("AWS_SECRET_ACCESS_KEY", "any")];
const CALLS: &[Call] = &[
    (WHO, ALICE, 0, "arn:aws:iam::111122223333:user/alice"),
    (WHO, WRONG_SECRET, 255, "SignatureDoesNotMatch"),
    (WHO, UNKNOWN_KEY, 255, "InvalidClientTokenId"),
    ("sts get-caller-identity --endpoint-url {THROTTLED}", ALICE, 255, "Throttling"),
    ("sts get-caller-identity --endpoint-url {EXPIRED}", ALICE, 255, "ExpiredToken"),
    (WHO, &[("AWS_PROFILE", "deploy")], 0, "arn:aws:sts::111122223333:assumed-role/Deploy/shell"),
    (WHO, &[("AWS_PROFILE", "partner")], 0, "arn:aws:sts::111122223333:assumed-role/Partner/shell"),
    (WHO, &[("AWS_PROFILE", "foreign")], 255, "AccessDenied"),
    (WHO, &[("AWS_PROFILE", "ci")], 0, "arn:aws:sts::111122223333:assumed-role/Web/ci"),
    (WHO, &[("AWS_PROFILE", "ci-old")], 255, "ExpiredTokenException"),
    ("sts get-session-token --serial-number {MFA_SERIAL} --token-code abcdef", ALICE, 255, "ValidationError"),
    (SAML, &[], 0, "arn:aws:sts::111122223333:assumed-role/Saml/alice"),
    (DAMAGED_SAML, &[], 255, "InvalidIdentityToken"),
    ("sso list-accounts --access-token none", &[], 255, "UnauthorizedException"),
    (
        "sso-oidc register-client --client-name cli --client-type secret",
        &[],
        255,
        "InvalidClientMetadataException",
    ),
    ("sts get-caller-identity --query Account", &[("AWS_PROFILE", "portal")], 0, "111122223333"),
    (WHO, &[("AWS_PROFILE", "portal-forbidden")], 255, "ForbiddenException"),
];

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[cfg_attr(not(feature = "interop"), ignore = "outside check, left to `cargo xtask test`")]
async fn the_cli_ends_with_the_services_answer_or_its_code() {
    let lab = Lab::new().await;
    lab.sign_in();
    for (arguments, more, status, said) in CALLS {
        let more: Vec<_> = more.iter().map(|(name, value)| (*name, filled(&lab, value))).collect();
        let arguments: Vec<_> = arguments.split(' ').map(|one| filled(&lab, one)).collect();
        let ended = lab.aws_cli(&[&arguments[..], &["--output", "text"]].concat(), &more);
        assert_eq!(found(&ended), (Some(*status), (*said).to_owned()), "{arguments:?}: {ended:?}");
    }
}

fn filled<'l>(lab: &'l Lab, text: &'l str) -> &'l str {
    let name = text.strip_prefix('{').and_then(|text| text.strip_suffix('}'));
    name.map_or(text, |name| lab.value(name))
}

/// The code stands in brackets: `An error occurred (AccessDenied) when calling ...`.
fn found(Ended { status, stdout, stderr }: &Ended) -> (Option<i32>, String) {
    let code = stderr.split_once("An error occurred (").and_then(|(_, rest)| rest.split(')').next());
    (status.code(), code.unwrap_or_else(|| if status.success() { stdout } else { stderr }).to_owned())
}
