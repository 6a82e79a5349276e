//! `RegisterClient`, and who may use what was registered.

use aws_sdk_ssooidc::operation::register_client::builders::RegisterClientFluentBuilder;

use crate::lab::{ACCESS, DEVICE_CODE, Lab, START_URL, assert_refused};

fn call(lab: &Lab) -> RegisterClientFluentBuilder {
    lab.oidc().register_client().client_name("tool").client_type("public")
}

on_both_fronts! {
    async fn a_registration_lasts_ninety_days(lab) {
        let client = lab.register().await;

        assert_eq!(client.client_id_issued_at(), 1_700_000_000);
        assert_eq!(client.client_secret_expires_at(), 1_700_000_000 + 90 * 86_400);
        lab.advance(90 * 86_400 - 1);
        lab.start_device(&client).await;
        lab.advance(1);
        let late = lab.create_token(&client, DEVICE_CODE).device_code("code").send().await;
        assert!(late.as_ref().err().unwrap().as_service_error().unwrap().is_invalid_client_exception());
        assert_refused(late, "InvalidClientException", 401, r#""error":"invalid_client""#);
    }

    async fn only_public_clients_register(lab) {
        call(&lab).send().await.unwrap();

        let result = call(&lab).client_type("confidential").send().await;
        assert!(result.as_ref().err().unwrap().as_service_error().unwrap().is_invalid_client_metadata_exception());
        assert_refused(result, "InvalidClientMetadataException", 400, r#""error":"invalid_client_metadata""#);
    }

    async fn a_client_has_a_name(lab) {
        let nameless = lab.oidc().register_client().client_type("public").send().await;

        assert_refused(nameless, "InvalidRequestException", 400, r#""error":"invalid_request""#);
        let longest = call(&lab).client_name("n".repeat(256)).send().await;
        longest.unwrap();
        let longer = call(&lab).client_name("n".repeat(257)).send().await;
        assert_refused(longer, "InvalidClientMetadataException", 400, "client name");
    }

    async fn scopes_of_the_portal_are_known_by_name(lab) {
        call(&lab).scopes(ACCESS).scopes("codewhisperer:completions").send().await.unwrap();

        let result = call(&lab).scopes("sso:account:everything").send().await;
        assert!(result.as_ref().err().unwrap().as_service_error().unwrap().is_invalid_scope_exception());
        assert_refused(result, "InvalidScopeException", 400, r#""error":"invalid_scope""#);
        assert_refused(call(&lab).scopes("two words").send().await, "InvalidScopeException", 400, "");
    }

    async fn a_list_is_no_longer_than_a_text(lab) {
        call(&lab).scopes("s".repeat(4096)).scopes("t".repeat(4096)).send().await.unwrap();

        let longer = call(&lab).scopes("s".repeat(4096)).scopes("t".repeat(4097)).send().await;
        assert_refused(longer, "InvalidRequestException", 400, "Invalid parameter: scopes");
    }

    async fn redirect_uris_lead_to_loopback_or_over_tls(lab) {
        for uri in ["http://127.0.0.1/oauth/callback", "http://[::1]/cb", "https://tool.example/cb"] {
            call(&lab).redirect_uris(uri).send().await.unwrap();
        }
        for uri in ["http://tool.example/cb", "https://tool.example/cb#x", "cb"] {
            let result = call(&lab).redirect_uris(uri).send().await;
            assert!(result.as_ref().err().unwrap().as_service_error().unwrap().is_invalid_redirect_uri_exception());
            assert_refused(result, "InvalidRedirectUriException", 400, r#""error":"invalid_redirect_uri""#);
        }
    }

    async fn the_code_grant_needs_a_redirect_uri(lab) {
        let with = call(&lab).grant_types("authorization_code").redirect_uris("http://127.0.0.1/cb");
        with.send().await.unwrap();

        let without = call(&lab).grant_types("authorization_code").send().await;
        assert_refused(without, "InvalidRedirectUriException", 400, "");
    }

    async fn unknown_grant_types_are_refused(lab) {
        let result = call(&lab).grant_types("password").send().await;
        assert!(result.as_ref().err().unwrap().as_service_error().unwrap().is_unsupported_grant_type_exception());
        assert_refused(result, "UnsupportedGrantTypeException", 400, r#""error":"unsupported_grant_type""#);

        let client = lab.register().await;
        let result = lab.create_token(&client, "password").send().await;
        assert_refused(result, "UnsupportedGrantTypeException", 400, "");
    }

    async fn a_client_uses_the_grants_that_it_registered(lab) {
        let call = call(&lab).scopes(ACCESS).grant_types("refresh_token");
        let client = call.send().await.unwrap();

        let result = lab.create_token(&client, DEVICE_CODE).device_code("code").send().await;
        assert!(result.as_ref().err().unwrap().as_service_error().unwrap().is_unauthorized_client_exception());
        assert_refused(result, "UnauthorizedClientException", 400, r#""error":"unauthorized_client""#);
        assert_refused(lab.refresh(&client, "token").await, "InvalidGrantException", 400, "");
        let start = lab.oidc().start_device_authorization().start_url(START_URL);
        let start = start.set_client_id(client.client_id).set_client_secret(client.client_secret);
        assert_refused(start.send().await, "UnauthorizedClientException", 400, "");
    }

    async fn a_wrong_secret_is_no_client(lab) {
        let client = lab.register().await;
        let other = lab.register().await;
        lab.start_device(&client).await;

        for (id, secret) in [
            (client.client_id(), other.client_secret()),
            (Some("unknown"), client.client_secret()),
            (client.client_id(), Some("wrong")),
        ] {
            let call = lab.oidc().start_device_authorization().start_url(START_URL);
            let result = call.client_id(id.unwrap()).client_secret(secret.unwrap()).send().await;
            assert_refused(result, "InvalidClientException", 401, r#""error":"invalid_client""#);
        }
    }

    async fn missing_parameters_are_named(lab) {
        let client = lab.register().await;

        let result = lab.create_token(&client, DEVICE_CODE).send().await;
        assert!(result.as_ref().err().unwrap().as_service_error().unwrap().is_invalid_request_exception());
        assert_refused(result, "InvalidRequestException", 400, "deviceCode");
        let result = lab.create_token(&client, "refresh_token").send().await;
        assert_refused(result, "InvalidRequestException", 400, "refreshToken");
    }

    async fn an_instance_has_every_start_url_of_its_own_and_no_other(lab) {
        let client = lab.register().await;
        let start = |url: &str| {
            let call = lab.oidc().start_device_authorization().start_url(url);
            call.set_client_id(client.client_id.clone()).set_client_secret(client.client_secret.clone()).send()
        };

        for url in [START_URL, "https://example.awsapps.com/start", "https://example.awsapps.com/start#/"] {
            start(url).await.unwrap();
        }
        let unknown = start("https://other.awsapps.com/start").await;
        assert_refused(unknown, "InvalidRequestException", 400, r#""error":"invalid_request""#);
    }
}

#[tokio::test]
async fn secrets_stay_out_of_debug_and_logs() {
    let (texts, logs) = leapp_testkit::leak::capture_logs_async(async {
        let lab = Lab::in_process();
        let client = lab.register().await;
        let set = lab.sign_in(&client, "alice").await;
        let debug = format!("{:?} {:?}", lab.aws, lab.aws.requests());
        ([client.client_secret.unwrap(), set.access_token.unwrap(), set.refresh_token.unwrap()], debug)
    })
    .await;

    let (secrets, debug) = texts;
    assert!(debug.contains("CreateToken"));
    leapp_testkit::leak::assert_clean(&debug, &secrets);
    // At its loudest, the SDK logs what it sends and receives: those lines are its own.
    let ours: Vec<_> = logs.lines().filter(|line| line.contains("leapp_testkit")).collect();
    assert!(ours.iter().any(|line| line.contains("CreateToken")), "{ours:?}");
    leapp_testkit::leak::assert_clean(ours.join("\n"), &secrets);
}
