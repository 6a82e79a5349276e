//! A home with profiles in it, as the tools of AWS read it.

use std::path::Path;

use leapp_core::AccessKey;

use super::world::{Env, START_URL};
use crate::clients::home;

/// `~/.aws`, with a profile for every way to credentials.
pub(crate) struct Profiles(tempfile::TempDir);

impl Profiles {
    pub(crate) fn new(key: &AccessKey, env: &Env) -> Self {
        let home = home();
        let aws = home.path().join(".aws");
        std::fs::create_dir_all(aws.join("sso/cache")).unwrap();
        let value = |name: &str| &env.iter().find(|(known, _)| *known == name).expect("a variable").1;
        let (token, old_token) = (aws.join("web-token"), aws.join("old-web-token"));
        std::fs::write(&token, value("WEB_TOKEN")).unwrap();
        std::fs::write(&old_token, value("WEB_OLD")).unwrap();
        let (token, old_token, web_role) = (token.display(), old_token.display(), value("WEB_ROLE"));
        let mfa_serial = value("OTHER_MFA_SERIAL");
        let (key_id, secret) = (key.access_key_id(), key.secret_access_key().expose());
        let role =
            "source_profile = alice\nrole_session_name = shell\nrole_arn = arn:aws:iam::111122223333:role";
        let web = format!("role_arn = {web_role}\nrole_session_name = ci\nweb_identity_token_file");
        let start = format!("sso_start_url = {START_URL}\nsso_region = eu-west-1");
        let assigned = "sso_account_id = 111122223333\nsso_role_name";
        let config = format!(
            "[profile alice]\nregion = eu-west-1\n\
             [profile chain]\nsource_profile = deploy\nrole_session_name = shell\n\
             role_arn = arn:aws:iam::111122223333:role/Next\n\
             [profile deploy]\n{role}/Deploy\n\
             [profile foreign]\n{role}/Foreign\n\
             [profile guarded]\n{role}/Guarded\nmfa_serial = {mfa_serial}\n\
             [profile partner]\n{role}/Partner\nexternal_id = customer:42\n\
             [profile ci]\n{web} = {token}\n\
             [profile ci-old]\n{web} = {old_token}\n\
             [sso-session corp]\n{start}\nsso_registration_scopes = sso:account:access\n\
             [profile portal]\nsso_session = corp\n{assigned} = Admin\n\
             [profile portal-forbidden]\nsso_session = corp\n{assigned} = Owner\n\
             [profile portal-legacy]\n{start}\n{assigned} = ReadOnly\n"
        );
        let credentials =
            format!("[alice]\naws_access_key_id = {key_id}\naws_secret_access_key = {secret}\n");
        std::fs::write(aws.join("config"), config).unwrap();
        std::fs::write(aws.join("credentials"), credentials).unwrap();
        Self(home)
    }

    pub(crate) fn home(&self) -> &Path {
        self.0.path()
    }
}
