//! What is signed for IAM, and for nothing else.

use std::sync::Arc;

use aws_sdk_sts::config::Credentials;
use aws_smithy_runtime_api::client::orchestrator::HttpRequest;
use aws_smithy_types::body::SdkBody;
use leapp_core::AccountId;
use leapp_testkit::aws::Partition;

use crate::lab::{Ask, Lab, long_lived};

const MISMATCH: &str = "The request signature we calculated does not match";

on_both_fronts! {
    async fn what_is_changed_after_signing_is_noticed(lab) {
        let changes: [fn(&mut HttpRequest); 3] = [
            |request| *request.body_mut() = SdkBody::from("Action=CreateAccessKey&Version=2010-05-08"),
            |request| {
                let header = request.headers().get("authorization").unwrap().to_owned();
                let (kept, last) = header.split_at(header.len() - 1);
                request.headers_mut().insert("authorization", format!("{kept}{}", if last == "0" { '1' } else { '0' }));
            },
            |request| { request.headers_mut().insert("x-amz-date", "20231114T221321Z"); },
        ];
        for change in changes {
            // As long as the body that takes its place.
            let refused = lab.ask(Ask { change, ..Ask::new("DeleteAccessKey") }).await;
            refused.assert_refused("SignatureDoesNotMatch", 403, MISMATCH);
        }
        let unsigned = Ask { change: |request| { request.headers_mut().remove("authorization"); }, ..Ask::new("GetUser") };
        lab.ask(unsigned).await.assert_refused("MissingAuthenticationToken", 403, "");
    }

    async fn a_scope_names_iam_and_the_partitions_own_region(lab) {
        let refused = lab.ask(Ask { service: "sts", ..Ask::new("GetUser") }).await;
        refused.assert_refused("SignatureDoesNotMatch", 403, "scoped to correct service: 'iam'");
        let elsewhere = lab.ask(Ask { region: "eu-west-1", ..Ask::new("GetUser") }).await;
        match lab.server {
            // There boto3 signs for the Region it is in.
            Some(_) => assert_eq!(elsewhere.status, 200),
            None => elsewhere.assert_refused("SignatureDoesNotMatch", 403, "scoped to a valid region"),
        }
        lab.ask(Ask { region: "cn-north-1", ..Ask::new("GetUser") }).await.assert_refused("InvalidClientTokenId", 403, "");
    }

    async fn a_wrong_secret_and_an_unknown_key_are_refused(lab) {
        let wrong = Credentials::new(lab.key.access_key_id().as_str(), "not it", None, None, "test");
        let unknown = Credentials::new("AKIAIOSFODNN7EXAMPLE", "secret", None, None, "test");

        lab.ask_as(wrong, Ask::new("GetUser")).await.assert_refused("SignatureDoesNotMatch", 403, MISMATCH);
        lab.ask_as(unknown, Ask::new("GetUser")).await.assert_refused("InvalidClientTokenId", 403, "");
    }

    async fn requests_are_recorded_as_iams(lab) {
        lab.ask(Ask::new("CreateAccessKey")).await;

        let requests = lab.aws.requests();
        assert_eq!((requests[0].service(), requests[0].action()), ("iam", "CreateAccessKey"));
        assert_eq!(requests[0].access_key_id(), Some(lab.key.access_key_id()));
        assert_eq!(
            requests[0].checks(),
            ["access key", "session token", "partition", "scope", "signature", "time", "access key quota"]
        );
    }
}

/// Inside the process, where requests go to AWS's own host names.
#[tokio::test]
async fn every_partition_has_an_iam_of_its_own() {
    for (number, (partition, region, hosts)) in [
        (Partition::Aws, "us-east-1", ["iam.amazonaws.com", "iam.global.api.aws", "iam-fips.amazonaws.com"]),
        (Partition::China, "cn-north-1", ["iam.cn-north-1.amazonaws.com.cn"; 3]),
        (Partition::EuropeanSovereign, "eusc-de-east-1", ["iam.eusc-de-east-1.amazonaws.eu"; 3]),
        (
            Partition::UsGov,
            "us-gov-west-1",
            ["iam.us-gov.amazonaws.com", "iam.us-gov.api.aws", "iam.us-gov.amazonaws.com"],
        ),
    ]
    .into_iter()
    .enumerate()
    {
        let lab = Lab::in_process();
        let account = AccountId::parse(&format!("{number:012}")).unwrap();
        lab.aws.add_account(&account, partition);
        let bob = lab.aws.add_user(&account, "bob");
        let key = Arc::new(lab.aws.add_access_key(&bob));
        for host in hosts {
            let reply = lab.ask_as(long_lived(&key), Ask { region, host, ..Ask::new("GetUser") }).await;
            assert_eq!(reply.text("Arn"), bob.as_str(), "{host}");
            let elsewhere = Ask { region: "eu-west-1", host, ..Ask::new("GetUser") };
            assert_eq!(lab.ask_as(long_lived(&key), elsewhere).await.status, 403, "{host}");
        }
    }
}

/// A host that is STS's has no operation of IAM, whatever the version says.
#[tokio::test]
async fn a_host_is_one_services() {
    let lab = Lab::in_process();
    let at_sts = Ask { host: "sts.us-east-1.amazonaws.com", ..Ask::new("GetUser") };
    lab.ask(at_sts).await.assert_refused("InvalidAction", 400, "Could not find operation GetUser");

    let mut at_iam = Ask { host: "iam.amazonaws.com", ..Ask::new("GetCallerIdentity") };
    at_iam.parameters[1].1 = "2011-06-15".to_owned();
    lab.ask(at_iam).await.assert_refused("InvalidAction", 400, "GetCallerIdentity for version 2011-06-15");
}
