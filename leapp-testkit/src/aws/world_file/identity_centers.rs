//! Instances of IAM Identity Center.

use std::collections::BTreeSet;
use std::time::Duration;

use leapp_core::{Region, Secret};
use toml::Spanned;

use super::accounts::Known;
use super::problem::{Problem, parsed, within};
use super::shape::IdentityCenter;
use super::{MadeIdentityCenter, assignments, password};
use crate::aws::account::Partition;
use crate::aws::{FakeAws, IdentityCenterSpec};

const DAY: u64 = 86_400;

pub(super) struct IdentityCenterPlan {
    spec: IdentityCenterSpec,
    start_url: String,
    region: Region,
    users: Vec<(String, Secret)>,
    assignments: Vec<assignments::Plan>,
}

pub(super) fn check(centers: &[IdentityCenter], known: &Known) -> Result<Vec<IdentityCenterPlan>, Problem> {
    let mut start_urls = BTreeSet::new();
    for url in centers.iter().flat_map(|center| std::iter::once(&center.start_url).chain(&center.aliases)) {
        if !start_urls.insert(checked_start_url(url)?) {
            return Err(Problem::at(url, "the start URL stands in the file twice"));
        }
    }
    centers.iter().map(|center| one(center, known)).collect()
}

impl IdentityCenterPlan {
    pub(super) fn make(&self, aws: &FakeAws) -> MadeIdentityCenter {
        let Self { spec, start_url, region, users, assignments } = self;
        MadeIdentityCenter {
            start_url: start_url.clone(),
            region: region.clone(),
            users: users.clone(),
            assignments: assignments.iter().map(assignments::Plan::made).collect(),
            roles: aws.add_identity_center(spec.clone()),
        }
    }
}

fn one(center: &IdentityCenter, known: &Known) -> Result<IdentityCenterPlan, Problem> {
    let region = parsed(&center.region, Region::parse)?;
    let mut spec = timed(center, IdentityCenterSpec::new(center.start_url.get_ref(), &region))?;
    for alias in &center.aliases {
        spec = spec.with_alias(alias.get_ref());
    }
    let mut users = Vec::new();
    for person in &center.users {
        let name = parsed(&person.name, leapp_core::RoleSessionName::parse)?.to_string();
        if users.iter().any(|(known, _)| *known == name) {
            return Err(Problem::at(&person.name, "the instance's user stands in the file twice"));
        }
        let password = password::check(&person.password)?;
        spec = spec.with_user(&name, password.clone());
        users.push((name, password));
    }
    let (spec, assignments) = assignments::check(center, spec, known, Partition::of_region(region.as_str()))?;
    Ok(IdentityCenterPlan { spec, start_url: center.start_url.get_ref().clone(), region, users, assignments })
}

/// <https://docs.aws.amazon.com/singlesignon/latest/userguide/configure-user-session.html>
fn timed(center: &IdentityCenter, mut spec: IdentityCenterSpec) -> Result<IdentityCenterSpec, Problem> {
    if let Some(seconds) = &center.session_duration {
        spec = spec.with_session_duration(Duration::from_secs(within(seconds, 900..=90 * DAY)?));
    }
    if let Some(seconds) = &center.access_token_duration {
        spec = spec.with_access_token_duration(Duration::from_secs(within(seconds, 1..=90 * DAY)?));
    }
    if let Some(seconds) = &center.polling_interval {
        spec = spec.with_polling_interval(within(seconds, 1..=600)?);
    }
    if let Some(calls) = &center.portal_calls_per_second {
        spec = spec.with_portal_calls_per_second(within(calls, 1..=1_000_000)?);
    }
    Ok(spec)
}

/// With or without a slash at its end it is one.
fn checked_start_url(url: &Spanned<String>) -> Result<&str, Problem> {
    let text = url.get_ref();
    let is_start_url = text.len() <= 1024
        && text
            .strip_prefix("https://")
            .is_some_and(|rest| rest.starts_with(|c: char| c.is_ascii_alphanumeric()))
        && text.chars().all(|c| c.is_ascii_graphic());
    if is_start_url {
        return Ok(text.trim_end_matches(['/', '#']));
    }
    Err(Problem::at(url, "a start URL is an https address, as https://d-1234567890.awsapps.com/start"))
}
