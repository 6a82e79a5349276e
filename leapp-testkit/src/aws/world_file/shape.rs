//! What may stand in the file, as it stands there. A key that is not here is an error.
//!
//! A room that has things of its own to put into the world adds a list here, a file that checks it beside `roles.rs`,
//! and a line to `Plan::make`.

use serde::Deserialize;
use toml::Spanned;

/// The whole file. Every table is written in the singular, as it stands before one thing: `[[user]]`.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct File {
    pub(super) session_token_size: Option<Spanned<u64>>,
    pub(super) clock_offset: Option<Spanned<i64>>,
    #[serde(default, rename = "account")]
    pub(super) accounts: Vec<Account>,
    #[serde(default, rename = "user")]
    pub(super) users: Vec<User>,
    #[serde(default, rename = "role")]
    pub(super) roles: Vec<Role>,
    #[serde(default, rename = "identity_center")]
    pub(super) identity_centers: Vec<IdentityCenter>,
    #[serde(default, rename = "saml_provider")]
    pub(super) saml_providers: Vec<SamlProvider>,
    #[serde(default, rename = "oidc_provider")]
    pub(super) oidc_providers: Vec<OidcProvider>,
    #[serde(default, rename = "fault")]
    pub(super) faults: Vec<ScriptedFault>,
    pub(super) random_faults: Option<RandomFaults>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Account {
    pub(super) id: Spanned<String>,
    pub(super) partition: Option<Spanned<String>>,
    pub(super) name: Option<Spanned<String>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct User {
    pub(super) account: Spanned<String>,
    pub(super) name: Spanned<String>,
    #[serde(default, rename = "access_key")]
    pub(super) access_keys: Vec<AccessKey>,
    #[serde(default, rename = "mfa_device")]
    pub(super) mfa_devices: Vec<MfaDevice>,
}

/// Both halves or neither: an empty table is a key that is made up.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct AccessKey {
    pub(super) id: Option<Spanned<String>>,
    pub(super) secret: Option<Spanned<String>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct MfaDevice {
    pub(super) seed: Option<Spanned<String>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Role {
    pub(super) account: Spanned<String>,
    pub(super) name: Spanned<String>,
    #[serde(default)]
    pub(super) trusts: Vec<Spanned<String>>,
    #[serde(default)]
    pub(super) trusts_web_identity: Vec<WebIdentity>,
    pub(super) external_id: Option<Spanned<String>>,
    #[serde(default)]
    pub(super) requires_mfa: bool,
    #[serde(default)]
    pub(super) source_identities: Vec<Spanned<String>>,
    #[serde(default)]
    pub(super) tag_keys: Vec<Spanned<String>>,
    pub(super) max_session_duration: Option<Spanned<u64>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct WebIdentity {
    pub(super) provider: Spanned<String>,
    pub(super) audience: Option<Spanned<String>>,
    pub(super) subject: Option<Spanned<String>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct IdentityCenter {
    pub(super) start_url: Spanned<String>,
    #[serde(default)]
    pub(super) aliases: Vec<Spanned<String>>,
    pub(super) region: Spanned<String>,
    pub(super) session_duration: Option<Spanned<u64>>,
    pub(super) access_token_duration: Option<Spanned<u64>>,
    pub(super) polling_interval: Option<Spanned<u32>>,
    pub(super) portal_calls_per_second: Option<Spanned<u32>>,
    #[serde(default, rename = "user")]
    pub(super) users: Vec<Person>,
    #[serde(default, rename = "account")]
    pub(super) accounts: Vec<MemberAccount>,
    #[serde(default, rename = "permission_set")]
    pub(super) permission_sets: Vec<PermissionSet>,
    #[serde(default, rename = "assignment")]
    pub(super) assignments: Vec<Assignment>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Person {
    pub(super) name: Spanned<String>,
    pub(super) password: Spanned<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct MemberAccount {
    pub(super) id: Spanned<String>,
    pub(super) name: Spanned<String>,
    pub(super) email: Spanned<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct PermissionSet {
    pub(super) name: Spanned<String>,
    pub(super) session_duration: Option<Spanned<u64>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Assignment {
    pub(super) user: Spanned<String>,
    pub(super) account: Spanned<String>,
    pub(super) permission_set: Spanned<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct SamlProvider {
    pub(super) account: Spanned<String>,
    pub(super) name: Spanned<String>,
    pub(super) assertion_consumer: Option<Spanned<String>>,
    #[serde(default, rename = "user")]
    pub(super) users: Vec<SamlUser>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct SamlUser {
    pub(super) name: Spanned<String>,
    pub(super) password: Spanned<String>,
    #[serde(default)]
    pub(super) roles: Vec<Spanned<String>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct OidcProvider {
    pub(super) account: Spanned<String>,
    pub(super) issuer_url: Spanned<String>,
    pub(super) audiences: Vec<Spanned<String>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ScriptedFault {
    pub(super) kind: Spanned<String>,
    pub(super) milliseconds: Option<Spanned<u64>>,
    pub(super) seconds: Option<Spanned<i64>>,
    pub(super) times: Option<Spanned<u64>>,
    pub(super) action: Option<Spanned<String>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RandomFaults {
    pub(super) seed: u64,
    pub(super) percent: Spanned<u64>,
    pub(super) faults: Vec<RandomFault>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RandomFault {
    pub(super) kind: Spanned<String>,
    pub(super) milliseconds: Option<Spanned<u64>>,
    pub(super) seconds: Option<Spanned<i64>>,
}
