//! The page where a shell gets a token of a provider.

use aws_sdk_sts::error::ProvideErrorMetadata;
use leapp_core::{RoleArn, Secret};

use crate::lab::Lab;
use crate::web::{Page, get, send};
use crate::web_identity::{call, provider, role};

const FORM: &str = "provider=arn:aws:iam::111122223333:oidc-provider/token.example.com/ci&audience=sts.amazonaws.com&subject=me";
const LOOPBACK: &str = "127.0.0.1:4711";

async fn post(lab: &Lab, host: &str, form: &str) -> Page {
    send(lab, "POST", host, "/oidc-token", form).await
}

async fn is_accepted(lab: &Lab, role: &RoleArn, page: Page) -> bool {
    assert_eq!(page.status, 200, "{page:?}");
    let result = call(lab, role, &Secret::new(page.body)).send().await;
    result.map_err(|error| assert_eq!(error.code(), Some("InvalidIdentityToken"))).is_ok()
}

on_both_fronts! {
    async fn a_shell_gets_a_token_that_is_believed(lab) {
        let provider = provider(&lab);
        let role = role(&lab, &provider);
        assert_eq!(provider.token_path(), "/oidc-token");

        for host in [LOOPBACK, "localhost:1", "[::1]:1"] {
            assert!(is_accepted(&lab, &role, post(&lab, host, FORM).await).await, "{host}");
        }
        let other = FORM.replace("audience=sts", "audience=stz");
        assert!(!is_accepted(&lab, &role, post(&lab, LOOPBACK, &other).await).await);
    }

    async fn no_name_of_awss_leads_to_a_token(lab) {
        provider(&lab);

        for host in ["sts.amazonaws.com", "127.0.0.1.example.com", "token.example.com"] {
            post(&lab, host, FORM).await.assert_refused(403, "AccessDenied: Ask by a loopback address.");
        }
        assert_eq!(post(&lab, LOOPBACK, FORM).await.status, 200);
    }

    async fn a_token_is_asked_for_in_full_and_by_post(lab) {
        provider(&lab);

        for (form, words) in [
            ("", "`provider` is missing"),
            (&FORM.replace("audience=", "aud="), "`audience` is missing"),
            (&FORM.replace("subject=me", "subject="), "`subject` is missing"),
            (&FORM.replace("/ci", "/other"), "no OIDC provider with the ARN"),
        ] {
            post(&lab, LOOPBACK, form).await.assert_refused(400, words);
        }
        let in_address = format!("/oidc-token?{FORM}");
        get(&lab, LOOPBACK, &in_address).await.assert_refused(405, "POST alone");
        send(&lab, "POST", LOOPBACK, &in_address, "").await.assert_refused(400, "`provider` is missing");
    }
}
