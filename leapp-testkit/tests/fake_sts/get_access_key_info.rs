//! `GetAccessKeyInfo`: the account of a key id.

use leapp_core::AccountId;
use leapp_testkit::aws::Partition;

use crate::lab::{Lab, Tamper};
use crate::refusal::assert_refused;

on_both_fronts! {
    async fn a_key_belongs_to_an_account(lab) {
        let other = AccountId::parse("444455556666").unwrap();
        let foreign = lab.aws.add_access_key(&lab.aws.add_user(&other, "bob"));
        let set = lab.client().get_session_token().send().await.unwrap();

        for (access_key_id, account) in [
            (lab.key.access_key_id().as_str(), "111122223333"),
            (set.credentials().unwrap().access_key_id(), "111122223333"),
            (foreign.access_key_id().as_str(), "444455556666"),
        ] {
            let answer = lab.client().get_access_key_info().access_key_id(access_key_id).send().await.unwrap();
            assert_eq!(answer.account(), Some(account));
        }
    }

    async fn a_role_session_may_ask(lab) {
        let client = lab.client_of(lab.assume(&lab.client(), &lab.role("Deploy")).await);

        let answer = client.get_access_key_info().access_key_id(lab.key.access_key_id().as_str()).send().await;

        assert_eq!(answer.unwrap().account(), Some("111122223333"));
    }

    async fn an_unknown_key_is_refused(lab) {
        let bob = lab.aws.add_access_key(&lab.aws.add_user(&lab.account, "bob"));
        let chinese = AccountId::parse("444455556666").unwrap();
        lab.aws.add_account(&chinese, Partition::China);
        let of_china = lab.aws.add_access_key(&lab.aws.add_user(&chinese, "carol"));
        let call = |id: &str| lab.client().get_access_key_info().access_key_id(id).send();

        call(bob.access_key_id().as_str()).await.unwrap();
        lab.aws.delete_access_key(bob.access_key_id());
        for id in ["AKIAIOSFODNN7EXAMPLE", bob.access_key_id().as_str(), of_china.access_key_id().as_str()] {
            assert_refused(call(id).await, "ValidationError", 400, &format!("The access key {id} does not exist"));
        }
    }

    async fn the_id_keeps_to_its_bounds(lab) {
        let call = lab.client().get_access_key_info();

        for (call, words) in [
            (call.clone(), "Value null at 'accessKeyId'"),
            (call.clone().access_key_id("A".repeat(15)), "Member must have length greater than or equal to 16"),
            (call.clone().access_key_id("A".repeat(129)), "Member must have length less than or equal to 128"),
            (call.clone().access_key_id("AKIA-IOSFODNN7EXAMPLE"), r"Member must satisfy regular expression pattern: [\w]*"),
        ] {
            assert_refused(call.send().await, "ValidationError", 400, words);
        }
        assert_refused(call.access_key_id("A".repeat(16)).send().await, "ValidationError", 400, "does not exist");
    }

    async fn it_is_asked_with_a_signature(lab) {
        let call = lab.client().get_access_key_info().access_key_id(lab.key.access_key_id().as_str());
        let unsigned = call.clone().customize().interceptor(Tamper(Box::new(|request| {
            request.headers_mut().remove("authorization");
        })));

        assert_refused(unsigned.send().await, "MissingAuthenticationToken", 403, "");
        call.send().await.unwrap();
    }
}
