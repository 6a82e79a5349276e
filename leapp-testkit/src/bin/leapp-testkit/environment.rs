//! What a client needs to know, as a shell reads it.

use std::fmt::Write;
use std::path::Path;

use leapp_testkit::aws::{MadeIdentityCenter, MadeUser, MadeWorld, UserArn};

/// The words of a comment; every one is a name or an ARN, which hold no line break.
const INTRODUCTION: &str = "\
# A fake AWS. Its keys, secrets and seeds are made up for tests: they open nothing but this server.
";

/// The environment for the first user that has an access key, and the rest of the world as comments.
pub(crate) fn describe(
    made: &MadeWorld,
    endpoint_url: &str,
    process_id: u32,
    ca_file: Option<&Path>,
) -> String {
    let mut lines = Lines(INTRODUCTION.to_owned());
    lines.export("AWS_ENDPOINT_URL", endpoint_url);
    if let Some(ca_file) = ca_file {
        lines.export("AWS_CA_BUNDLE", &ca_file.display().to_string());
    }
    let user = made.users.iter().find(|user| !user.access_keys.is_empty());
    let region = user.map_or("us-east-1", |user| region(&user.arn));
    if let Some(key) = user.and_then(|user| user.access_keys.first()) {
        lines.export("AWS_ACCESS_KEY_ID", key.access_key_id().as_str());
        lines.export("AWS_SECRET_ACCESS_KEY", key.secret_access_key().expose());
    }
    lines.0.push_str("unset AWS_SESSION_TOKEN AWS_PROFILE\n");
    lines.export("AWS_DEFAULT_REGION", region);
    lines.export("AWS_REGION", region);
    lines.export("AWS_EC2_METADATA_DISABLED", "true");
    lines.export("LEAPP_TESTKIT_PID", &process_id.to_string());
    for (id, name) in &made.accounts {
        lines.comment(&format!("account {id} {}", name.as_deref().unwrap_or_default()));
    }
    for user in &made.users {
        lines.user(user);
    }
    for role in &made.roles {
        lines.comment(&format!("role {role}"));
    }
    for provider in &made.saml_providers {
        lines.comment(&format!("SAML provider {}", provider.arn()));
        lines.comment(&format!("  login page {endpoint_url}{}", provider.login_path()));
    }
    for provider in &made.oidc_providers {
        lines.comment(&format!("OIDC provider {}", provider.arn()));
        let page = format!("{endpoint_url}{}", provider.token_path());
        lines.comment(&format!("  tokens {page}, to be posted: provider, audience, subject"));
    }
    for (number, center) in made.identity_centers.iter().enumerate() {
        lines.identity_center(center, number + 1);
    }
    lines.0
}

struct Lines(String);

impl Lines {
    fn export(&mut self, name: &str, value: &str) {
        // Writing to a string cannot fail.
        let _ = writeln!(self.0, "export {name}={}", quoted(value));
    }

    fn comment(&mut self, text: &str) {
        let _ = writeln!(self.0, "# {}", text.trim_end());
    }

    /// With the lines of a config file for the first of its assignments.
    fn identity_center(&mut self, center: &MadeIdentityCenter, number: usize) {
        let MadeIdentityCenter { start_url, region, users, .. } = center;
        self.comment(&format!("Identity Center {start_url} in {region}"));
        for (name, password) in users {
            self.comment(&format!("  user {name}, password {}", password.expose()));
        }
        let Some(assignment) = center.assignments.first() else { return };
        let name = format!("leapp-testkit-{number}");
        for line in [
            format!("[profile {name}]"),
            format!("sso_session = {name}"),
            format!("sso_account_id = {}", assignment.account_id),
            format!("sso_role_name = {}", assignment.permission_set),
            format!("region = {region}"),
            format!("[sso-session {name}]"),
            format!("sso_start_url = {start_url}"),
            format!("sso_region = {region}"),
            "sso_registration_scopes = sso:account:access".to_owned(),
        ] {
            self.comment(&format!("  {line}"));
        }
    }

    fn user(&mut self, user: &MadeUser) {
        self.comment(&format!("user {}", user.arn));
        for key in &user.access_keys {
            self.comment(&format!("  access key {}", key.access_key_id()));
        }
        for device in &user.mfa_devices {
            let (serial_number, seed) = (device.serial_number(), device.seed().expose());
            self.comment(&format!("  MFA device {serial_number}, seed (base32) {seed}"));
        }
    }
}

/// One of the user's partition: a key means nothing in another.
pub(crate) fn region(user: &UserArn) -> &'static str {
    match user.partition() {
        "aws-cn" => "cn-north-1",
        "aws-eusc" => "eusc-de-east-1",
        "aws-us-gov" => "us-gov-west-1",
        _ => "us-east-1",
    }
}

/// As it is where no shell sees anything in it, else between quotes.
fn quoted(value: &str) -> String {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || "_-./:+=,@".contains(c);
    if !value.is_empty() && value.chars().all(is_plain) {
        value.to_owned()
    } else {
        format!("'{}'", value.replace('\'', r"'\''"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_in_a_value_is_seen_by_the_shell() {
        assert_eq!(quoted("abc/+123="), "abc/+123=");
        assert_eq!(quoted("a b"), "'a b'");
        assert_eq!(quoted("$(x)"), "'$(x)'");
        assert_eq!(quoted("it's"), r"'it'\''s'");
        assert_eq!(quoted(""), "''");
    }
}
