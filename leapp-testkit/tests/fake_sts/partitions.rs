//! Four partitions side by side: names, endpoints and keys of their own.

use aws_sdk_sts::Client;
use aws_sdk_sts::config::Region;
use leapp_core::{AccountId, RoleArn};
use leapp_testkit::aws::{Partition, RoleSpec};

use crate::lab::{Lab, long_lived};
use crate::refusal::assert_refused;

const PARTITIONS: [(Partition, &str, &str); 4] = [
    (Partition::Aws, "eu-west-1", "aws"),
    (Partition::China, "cn-north-1", "aws-cn"),
    (Partition::EuropeanSovereign, "eusc-de-east-1", "aws-eusc"),
    (Partition::UsGov, "us-gov-west-1", "aws-us-gov"),
];

on_both_fronts! {
    async fn a_key_means_nothing_in_another_partition(lab) {
        for (number, (partition, _, name)) in PARTITIONS.into_iter().enumerate() {
            let account = AccountId::parse(&format!("{number:012}")).unwrap();
            lab.aws.add_account(&account, partition);
            let bob = lab.aws.add_user(&account, "bob");
            let key = lab.aws.add_access_key(&bob);
            assert_eq!(bob.as_str(), format!("arn:{name}:iam::{account}:user/bob"));
            for (other, region, _) in PARTITIONS {
                let config = lab.config(long_lived(&key)).region(Region::new(region));
                let answer = Client::from_conf(config.build()).get_caller_identity().send().await;
                if other == partition {
                    assert_eq!(answer.unwrap().arn(), Some(bob.as_str()), "{region}");
                } else {
                    assert_refused(answer, "InvalidClientTokenId", 403, "security token included in the request is invalid");
                }
            }
        }
    }

    async fn a_role_is_of_its_accounts_partition(lab) {
        let account = AccountId::parse("444455556666").unwrap();
        lab.aws.add_account(&account, Partition::UsGov);
        let key = lab.aws.add_access_key(&lab.aws.add_user(&account, "bob"));
        let role = lab.aws.add_role(RoleSpec::new(&account, "Deploy"));
        assert_eq!(role.as_str(), "arn:aws-us-gov:iam::444455556666:role/Deploy");

        let config = lab.config(long_lived(&key)).region(Region::new("us-gov-west-1"));
        let call = Client::from_conf(config.build()).assume_role().role_arn(role.as_str()).role_session_name("bob");
        let answer = call.send().await.unwrap();

        let arn = answer.assumed_role_user().unwrap().arn();
        assert_eq!(arn, "arn:aws-us-gov:sts::444455556666:assumed-role/Deploy/bob");
    }

    async fn no_trust_reaches_from_one_partition_into_another(lab) {
        let account = AccountId::parse("444455556666").unwrap();
        lab.aws.add_account(&account, Partition::UsGov);
        let abroad = lab.aws.add_role(RoleSpec::new(&account, "Deploy").with_trusted(lab.alice.clone()));
        let at_home = lab.aws.add_role(lab.spec("Deploy").with_trusted(lab.alice.clone()));
        let call = |role: &RoleArn| lab.client().assume_role().role_arn(role.as_str()).role_session_name("alice").send();

        assert_refused(call(&abroad).await, "AccessDenied", 403, "is not authorized to perform: sts:AssumeRole");
        call(&at_home).await.unwrap();
    }
}
