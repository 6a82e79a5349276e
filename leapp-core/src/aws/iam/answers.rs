//! The operations on a user's access keys, and what their documents say.

use std::time::SystemTime;

use aws_smithy_types::DateTime;
use aws_smithy_types::date_time::Format;
use roxmltree::{Document, Node};

use super::Iam;
use super::call::{Answer, Caller};
use crate::{AccessKey, AccessKeyId, Error, Secret};

/// A key as `ListAccessKeys` tells of it.
#[derive(Clone, Debug)]
pub(in crate::aws) struct ListedKey {
    pub(in crate::aws) access_key_id: AccessKeyId,
    pub(in crate::aws) is_active: bool,
    pub(in crate::aws) create_date: SystemTime,
}

/// A user's keys, and when IAM said so.
#[derive(Clone, Debug)]
pub(in crate::aws) struct ListedKeys {
    pub(in crate::aws) keys: Vec<ListedKey>,
    /// In the service's own time; none when its answer had no date.
    pub(in crate::aws) at: Option<SystemTime>,
}

impl Iam {
    /// One more key for a user.
    pub(in crate::aws) async fn create_access_key(
        &self,
        user_name: &str,
        caller: Caller<'_>,
    ) -> Result<AccessKey, Error> {
        let parameters = [("UserName", user_name)];
        let answer = self.call("CreateAccessKey", &parameters, caller, |root| {
            let key = find(root, "AccessKey")?;
            check_user(key, user_name)?;
            let id = AccessKeyId::parse(child(key, "AccessKeyId")?).ok()?;
            AccessKey::new(id, Secret::new(child(key, "SecretAccessKey")?)).ok()
        });
        Ok(answer.await?.value)
    }

    /// A user's keys. All of them: there are two at most.
    pub(in crate::aws) async fn list_access_keys(
        &self,
        user_name: &str,
        caller: Caller<'_>,
    ) -> Result<ListedKeys, Error> {
        let parameters = [("UserName", user_name)];
        let answer = self.call("ListAccessKeys", &parameters, caller, |root| {
            let list = find(root, "AccessKeyMetadata")?;
            // A list that is not whole is no ground to create or delete anything.
            let is_whole = find(root, "IsTruncated").and_then(|node| node.text()) != Some("true");
            is_whole.then_some(())?;
            let members = list.children().filter(|node| node.tag_name().name() == "member");
            members.map(|member| listed(member, user_name)).collect()
        });
        answer.await.map(|Answer { value, at }| ListedKeys { keys: value, at })
    }

    /// When a user's key was last used; none when it never was, as far as IAM knows by now.
    pub(in crate::aws) async fn access_key_last_used(
        &self,
        user_name: &str,
        access_key_id: &AccessKeyId,
        caller: Caller<'_>,
    ) -> Result<Option<SystemTime>, Error> {
        let parameters = [("AccessKeyId", access_key_id.as_str())];
        let answer = self.call("GetAccessKeyLastUsed", &parameters, caller, |root| {
            check_user(find(root, "GetAccessKeyLastUsedResult")?, user_name)?;
            let last_used = find(root, "AccessKeyLastUsed")?;
            match child(last_used, "LastUsedDate") {
                Some(date) => time(date).map(Some),
                None => Some(None),
            }
        });
        Ok(answer.await?.value)
    }

    /// Ends a key.
    pub(in crate::aws) async fn delete_access_key(
        &self,
        user_name: &str,
        access_key_id: &AccessKeyId,
        caller: Caller<'_>,
    ) -> Result<(), Error> {
        let parameters = [("UserName", user_name), ("AccessKeyId", access_key_id.as_str())];
        self.call("DeleteAccessKey", &parameters, caller, |_| Some(())).await.map(|_| ())
    }
}

/// Code and message of a refusal.
pub(super) fn refusal(text: &str) -> Option<(String, String)> {
    let document = Document::parse(text).ok()?;
    let error = find(document.root(), "Error")?;
    Some((child(error, "Code")?.to_owned(), child(error, "Message").unwrap_or_default().to_owned()))
}

/// An answer about somebody else is none.
fn check_user(node: Node<'_, '_>, user_name: &str) -> Option<()> {
    (child(node, "UserName")? == user_name).then_some(())
}

fn listed(member: Node<'_, '_>, user_name: &str) -> Option<ListedKey> {
    check_user(member, user_name)?;
    Some(ListedKey {
        access_key_id: AccessKeyId::parse(child(member, "AccessKeyId")?).ok()?,
        is_active: child(member, "Status")? == "Active",
        create_date: time(child(member, "CreateDate")?)?,
    })
}

fn find<'a, 'input>(node: Node<'a, 'input>, name: &str) -> Option<Node<'a, 'input>> {
    node.descendants().find(|node| node.tag_name().name() == name)
}

fn child<'a>(node: Node<'a, '_>, name: &str) -> Option<&'a str> {
    node.children().find(|node| node.tag_name().name() == name)?.text().map(str::trim)
}

fn time(text: &str) -> Option<SystemTime> {
    SystemTime::try_from(DateTime::from_str(text, Format::DateTimeWithOffset).ok()?).ok()
}
