//! Two sessions over a server: the IAM User `alice` and, on top of it, the IAM Role Chained `deploy`.

use std::future::Future;
use std::time::Duration;

use leapp_core::aws::{AssumeRole, GetSessionToken, Sts};
use leapp_core::{
    AccessKey, AccessKeyId, Error, Leapp, LeappBuilder, MemoryVault, ProfileName, Region, RoleArn, Secret,
    SerialNumber, Session, SessionCredentials, SessionId, Started, Vault, VaultItem, VaultKey,
};
use leapp_store_ini::CredentialsFile;

use crate::servers::Ministack;
use crate::shared_file::SharedFile;

/// More than any call may take.
const PATIENCE: Duration = Duration::from_secs(30);
/// Makes an IAM user who may call STS, and prints its ARN and the two halves of an access key of it.
///
/// Unlike AWS, ministack wants that in a policy of the user's even when the role's trust policy names the user.
const NEW_USER: &str = "
import boto3, json, sys
iam = boto3.client('iam')
arn = iam.create_user(UserName=sys.argv[1])['User']['Arn']
sts = {'Version': '2012-10-17', 'Statement': [{'Effect': 'Allow', 'Action': 'sts:*', 'Resource': '*'}]}
iam.put_user_policy(UserName=sys.argv[1], PolicyName='sts', PolicyDocument=json.dumps(sts))
key = iam.create_access_key(UserName=sys.argv[1])['AccessKey']
print(arn, key['AccessKeyId'], key['SecretAccessKey'])
";

/// The library at work on a file.
pub(crate) struct Sessions {
    pub(crate) leapp: Leapp,
    pub(crate) file: SharedFile,
    pub(crate) endpoint: String,
    pub(crate) region: Region,
}

/// What the sessions are to be.
pub(crate) struct Plan {
    access_key: AccessKey,
    user: GetSessionToken,
    role: AssumeRole,
    endpoint: String,
    region: Region,
}

/// An IAM user of ministack's, with an access key.
pub(crate) struct MinistackUser {
    pub(crate) access_key_id: String,
    pub(crate) secret_access_key: String,
    arn: String,
}

impl Plan {
    pub(crate) fn new(endpoint: &str, access_key: [&str; 2], role_arn: &str) -> Self {
        let [id, secret] = access_key;
        let region = Region::parse("eu-central-1").unwrap();
        let sts = Sts::new(region.clone()).with_endpoint_url(endpoint);
        Self {
            access_key: AccessKey::new(AccessKeyId::parse(id).unwrap(), Secret::new(secret)).unwrap(),
            user: GetSessionToken::new(sts.clone()),
            role: AssumeRole::new(sts, id_of("alice"), RoleArn::parse(role_arn).unwrap()),
            endpoint: endpoint.to_owned(),
            region,
        }
    }

    /// Asks for a code of an MFA device of alice's.
    pub(crate) fn with_mfa(self, device: SerialNumber) -> Self {
        Self { user: self.user.with_mfa(device), ..self }
    }

    /// Gives the role more inputs.
    pub(crate) fn with_role(self, fill: impl FnOnce(AssumeRole) -> AssumeRole) -> Self {
        Self { role: fill(self.role), ..self }
    }

    /// Adds the sessions, each with the profile of its name, to a file that is other people's too.
    pub(crate) async fn play(self, with: impl FnOnce(LeappBuilder) -> LeappBuilder) -> Sessions {
        let Self { access_key, user, role, endpoint, region } = self;
        let vault = MemoryVault::new();
        let key = VaultKey::new(id_of("alice"), VaultItem::AccessKey);
        vault.put(&key, &access_key.to_record()).await.unwrap();
        let file = SharedFile::with_foreign_profiles();
        let sink = CredentialsFile::open(file.path()).unwrap();
        let leapp = with(Leapp::builder(vault).with_sink(sink)).build().unwrap();
        let published = |session: Session| {
            let profile = ProfileName::parse(session.id.as_str()).unwrap();
            session.with_profile(profile).with_region(region.clone())
        };
        let alice = published(Session::new(id_of("alice"), user));
        let deploy = published(Session::new(id_of("deploy"), role));
        leapp.add_all(vec![alice, deploy]).await.unwrap();
        Sessions { leapp, file, endpoint, region }
    }
}

impl Sessions {
    pub(crate) async fn start(&self, session: &str) -> Result<Started, Error> {
        soon(self.leapp.start(&id_of(session))).await
    }

    pub(crate) async fn refresh(&self, session: &str) -> Result<Started, Error> {
        soon(self.leapp.refresh(&id_of(session))).await
    }

    /// Starts both sessions, neither of which may ask anything.
    pub(crate) async fn start_both(&self) {
        for session in ["alice", "deploy"] {
            assert_active(self.start(session).await);
        }
    }

    /// What the library gives to programs that hold the session's live credentials.
    pub(crate) async fn current(&self, session: &str) -> SessionCredentials {
        let live = self.leapp.credentials(&id_of(session)).unwrap();
        soon(live.current()).await.unwrap()
    }

    /// Stops both, one after the other: the file is then what it was.
    pub(crate) async fn stop_both(&self) {
        for session in ["deploy", "alice"] {
            soon(self.leapp.stop(&id_of(session))).await.unwrap();
        }
        self.file.assert_restored();
    }
}

impl MinistackUser {
    pub(crate) fn new(ministack: &Ministack, name: &str) -> Self {
        let said = ministack.administer(NEW_USER, &[name]);
        let [arn, access_key_id, secret_access_key] = said.split(' ').collect::<Vec<_>>()[..] else {
            panic!("not an ARN and an access key: {said}")
        };
        Self {
            access_key_id: access_key_id.to_owned(),
            secret_access_key: secret_access_key.to_owned(),
            arn: arn.to_owned(),
        }
    }

    pub(crate) fn access_key(&self) -> [&str; 2] {
        [&self.access_key_id, &self.secret_access_key]
    }

    /// Lets this user, and nobody else, assume a role and tag the session, on a condition (JSON; `{}` for none).
    pub(crate) fn trust_policy(&self, condition: &str) -> String {
        let Self { arn, .. } = self;
        format!(
            r#"{{"Version":"2012-10-17","Statement":[{{"Effect":"Allow","Principal":{{"AWS":"{arn}"}},
            "Action":["sts:AssumeRole","sts:TagSession","sts:SetSourceIdentity"],"Condition":{condition}}}]}}"#
        )
    }
}

#[track_caller]
pub(crate) fn assert_active(started: Result<Started, Error>) {
    assert!(matches!(started, Ok(Started::Active)), "{started:?}");
}

/// Bounds what is waited for.
pub(crate) async fn soon<T>(future: impl Future<Output = T>) -> T {
    tokio::time::timeout(PATIENCE, future).await.expect("an answer in time")
}

pub(crate) fn id_of(session: &str) -> SessionId {
    SessionId::parse(session).unwrap()
}
