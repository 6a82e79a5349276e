//! `ListAccounts` and `ListAccountRoles`: what a person sees, page by page.

use std::time::Duration;

use leapp_core::{AccountId, Secret};

use crate::lab::{Lab, assert_refused};

on_both_fronts! {
    async fn a_person_sees_their_own_accounts(lab) {
        let client = lab.register().await;
        let list = async |user: &str| {
            let token = lab.sign_in(&client, user).await.access_token.unwrap();
            let answer = lab.portal().list_accounts().access_token(token).send().await.unwrap();
            assert_eq!(answer.next_token(), None);
            let accounts = answer.account_list().iter();
            let texts = accounts.map(|one| [one.account_id(), one.account_name(), one.email_address()]);
            texts.map(|one| one.map(|text| text.unwrap().to_owned()).join(" ")).collect::<Vec<_>>()
        };

        assert_eq!(
            list("alice").await,
            ["111122223333 Development dev@example.com", "444455556666 Production prod@example.com"]
        );
        assert_eq!(list("bob").await, ["111122223333 Development dev@example.com"]);
    }

    async fn a_person_sees_their_own_roles(lab) {
        let token = lab.access_token().await;
        let list = async |account: &str| {
            let call = lab.portal().list_account_roles().access_token(&token).account_id(account);
            let answer = call.send().await.unwrap();
            assert!(answer.role_list().iter().all(|role| role.account_id() == Some(account)));
            answer.role_list().iter().map(|role| role.role_name().unwrap().to_owned()).collect::<Vec<_>>()
        };

        assert_eq!(list("111122223333").await, ["Admin", "ReadOnly"]);
        assert_eq!(list("444455556666").await, ["ReadOnly"]);
    }

    async fn pages_hold_as_many_as_asked(lab) {
        let token = lab.access_token().await;
        let call = || lab.portal().list_account_roles().access_token(&token).account_id("111122223333").max_results(1);

        let first = call().send().await.unwrap();
        let second = call().set_next_token(first.next_token.clone()).send().await.unwrap();

        assert_eq!(first.role_list()[0].role_name(), Some("Admin"));
        assert_eq!(second.role_list()[0].role_name(), Some("ReadOnly"));
        assert_eq!((first.role_list().len(), second.role_list().len(), second.next_token()), (1, 1, None));
    }

    async fn a_page_has_one_to_a_hundred(lab) {
        let token = lab.access_token().await;
        let list = |most| lab.portal().list_accounts().access_token(&token).max_results(most).send();

        list(1).await.unwrap();
        list(100).await.unwrap();
        for most in [0, 101, -1] {
            let result = list(most).await;
            assert!(result.as_ref().err().unwrap().as_service_error().unwrap().is_invalid_request_exception());
            assert_refused(result, "InvalidRequestException", 400, "max result");
        }
    }

    async fn a_next_token_continues_its_own_list(lab) {
        let (token, other) = (lab.access_token().await, lab.access_token().await);
        let list = |token: &str, next: &str| {
            lab.portal().list_accounts().access_token(token).max_results(1).next_token(next).send()
        };
        let first = lab.portal().list_accounts().access_token(&token).max_results(1).send().await.unwrap();
        let next = first.next_token().unwrap();
        let roles = lab.portal().list_account_roles().access_token(&token).account_id("111122223333");

        list(&token, next).await.unwrap();
        for result in [list(&other, next).await, list(&token, "1").await, list(&token, "").await] {
            assert_refused(result, "InvalidRequestException", 400, "next token");
        }
        assert_refused(roles.next_token(next).send().await, "InvalidRequestException", 400, "next token");
    }

    async fn an_account_that_is_none_or_not_theirs_is_refused(lab) {
        let token = lab.sign_in(&lab.register().await, "bob").await.access_token.unwrap();
        let list = |account: &str| lab.portal().list_account_roles().access_token(&token).account_id(account).send();

        list("111122223333").await.unwrap();
        assert_refused(list("444455556666").await, "ForbiddenException", 403, "No access");
        let unknown = list("999999999999").await;
        assert!(unknown.as_ref().err().unwrap().as_service_error().unwrap().is_resource_not_found_exception());
        assert_refused(unknown, "ResourceNotFoundException", 404, "");
        assert_refused(list("12345").await, "InvalidRequestException", 400, "account id");
    }
}

#[tokio::test]
async fn two_hundred_and_fifty_accounts_come_in_three_pages() {
    let lab = Lab::with(|mut spec| {
        spec = spec.with_user("carol", Secret::new("carol's"));
        for number in 0..250 {
            let account = AccountId::parse(&format!("5{number:011}")).unwrap();
            spec = spec.with_account(&account, &format!("Account {number}"), "a@example.com");
            spec = spec.with_assignment("carol", &account, "ReadOnly");
        }
        spec
    });
    let token = lab.sign_in(&lab.register().await, "carol").await.access_token.unwrap();
    let (mut names, mut pages, mut next) = (Vec::new(), 0, None);
    loop {
        let call = lab.portal().list_accounts().access_token(&token).set_next_token(next);
        let answer = call.send().await.unwrap();
        names.extend(answer.account_list().iter().map(|account| account.account_name().unwrap().to_owned()));
        pages += 1;
        next = answer.next_token().map(str::to_owned);
        if next.is_none() {
            break;
        }
    }

    assert_eq!((pages, names.len()), (3, 250));
    assert_eq!(names, (0..250).map(|number| format!("Account {number}")).collect::<Vec<_>>());
}

on_both_fronts! {
    async fn twenty_calls_a_second_with_one_token(lab) {
        let (token, other) = (lab.access_token().await, lab.access_token().await);
        let list = |token: &str| lab.portal().list_accounts().access_token(token).send();

        for _ in 0..20 {
            list(&token).await.unwrap();
        }
        let result = list(&token).await;
        assert!(result.as_ref().err().unwrap().as_service_error().unwrap().is_too_many_requests_exception());
        assert_refused(result, "TooManyRequestsException", 429, "");
        list(&other).await.unwrap();
        lab.clock.advance(Duration::from_millis(50));
        list(&token).await.unwrap();
        assert_refused(list(&token).await, "TooManyRequestsException", 429, "");
    }
}

#[tokio::test]
async fn a_test_may_set_the_rate() {
    let lab = Lab::with(|spec| spec.with_portal_calls_per_second(1));
    let token = lab.access_token().await;
    let list = || lab.portal().list_accounts().access_token(&token).send();

    list().await.unwrap();
    assert_refused(list().await, "TooManyRequestsException", 429, "");
    lab.advance(1);
    list().await.unwrap();
}
