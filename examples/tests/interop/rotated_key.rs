//! The rotation of an IAM user's access key, before a moto that checks signatures and policies as it does on request.
//!
//! Unlike AWS it knows of every change at once, and its list of keys is whole whatever it says.

use std::sync::Arc;
use std::time::Duration;

use leapp_core::aws::{AccessKeyRotation, Iam, KeyRole, Resumed, RotatedKey, Sts};
use leapp_core::{
    AccessKey, AccessKeyId, ErrorKind, MemoryVault, Region, Secret, SystemClock, Vault, VaultItem, VaultKey,
};
use leapp_testkit::clock::AcceleratedClock;

use crate::clients::python;
use crate::servers::Moto;
use crate::sessions::id_of;

/// Makes an IAM user who may do all that a rotation does, with this many access keys; from then on moto asks for rights.
const NEW_USER: &str = "
import boto3, json, sys, urllib.request
iam = boto3.client('iam')
iam.create_user(UserName='alice')
actions = ['CreateAccessKey', 'DeleteAccessKey', 'GetAccessKeyLastUsed', 'ListAccessKeys']
statement = {'Effect': 'Allow', 'Action': ['iam:' + action for action in actions], 'Resource': '*'}
policy = {'Version': '2012-10-17', 'Statement': [statement]}
iam.put_user_policy(UserName='alice', PolicyName='own-keys', PolicyDocument=json.dumps(policy))
for _ in range(int(sys.argv[1])):
    key = iam.create_access_key(UserName='alice')['AccessKey']
    print(key['AccessKeyId'], key['SecretAccessKey'])
plain = {'Content-Type': 'text/plain'}
urllib.request.urlopen(urllib.request.Request(sys.argv[2] + '/moto-api/reset-auth', b'0', plain))
";
/// Who a key is, and which keys its user has; or why not.
const WHO: &str = "
import boto3
print(boto3.client('sts').get_caller_identity()['Arn'])
print(*[key['AccessKeyId'] for key in boto3.client('iam').list_access_keys(UserName='alice')['AccessKeyMetadata']])
";
const ARN: &str = "arn:aws:iam::123456789012:user/alice";

/// A user whose first key is in the vault.
struct Lab {
    moto: Moto,
    vault: Arc<MemoryVault>,
    keys: Vec<AccessKey>,
}

impl Lab {
    async fn new(keys: usize) -> Self {
        let moto = Moto::start();
        let endpoint = moto.endpoint();
        let env = environment("test", "test", &endpoint);
        let said = python(NEW_USER, &[&keys.to_string(), &endpoint], &env).said().unwrap();
        let keys: Vec<_> = said.lines().map(access_key).collect();
        let vault = Arc::new(MemoryVault::new());
        vault.put(&place(), &keys[0].to_record()).await.unwrap();
        Self { moto, vault, keys }
    }

    /// A minute takes a second and a bit: moto has nothing to wait for.
    fn rotation(&self) -> AccessKeyRotation {
        self.slow_rotation().with_clock(Arc::new(AcceleratedClock::new(SystemClock::new(), 50)))
    }

    fn slow_rotation(&self) -> AccessKeyRotation {
        let (region, endpoint) = (Region::parse("eu-west-1").unwrap(), self.moto.endpoint());
        let iam = Iam::new(&region).with_endpoint_url(&endpoint);
        let sts = Sts::new(region).with_endpoint_url(&endpoint);
        AccessKeyRotation::new(iam, sts, id_of("alice"), self.vault.clone())
    }

    async fn held(&self) -> AccessKey {
        let record = self.vault.get(&place()).await.unwrap().unwrap();
        AccessKey::from_record(&record).unwrap()
    }

    /// What boto3 finds out with a key.
    fn who(&self, key: &AccessKey) -> Result<String, String> {
        let (id, secret) = (key.access_key_id().as_str(), key.secret_access_key().expose());
        python(WHO, &[], &environment(id, secret, &self.moto.endpoint())).said()
    }

    /// The vault's key is the only one there is, and is another than before; boto3 says so.
    async fn assert_rotated(&self, rotated: &RotatedKey) {
        let held = self.held().await;
        assert_eq!((&rotated.old, &rotated.new), (self.keys[0].access_key_id(), held.access_key_id()));
        assert_eq!(self.who(&held).unwrap(), format!("{ARN}\n{}", held.access_key_id()));
        let refused = self.who(&self.keys[0]).unwrap_err();
        assert!(refused.contains("InvalidClientTokenId"), "{refused}");
    }
}

fn place() -> VaultKey {
    VaultKey::new(id_of("alice"), VaultItem::AccessKey)
}

fn access_key(line: &str) -> AccessKey {
    let (id, secret) = line.split_once(' ').unwrap();
    AccessKey::new(AccessKeyId::parse(id).unwrap(), Secret::new(secret)).unwrap()
}

fn environment<'a>(id: &'a str, secret: &'a str, endpoint: &'a str) -> [(&'static str, &'a str); 4] {
    [
        ("AWS_ACCESS_KEY_ID", id),
        ("AWS_SECRET_ACCESS_KEY", secret),
        ("AWS_DEFAULT_REGION", "eu-west-1"),
        ("AWS_ENDPOINT_URL", endpoint),
    ]
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[cfg_attr(not(feature = "interop"), ignore = "outside check, left to `cargo xtask test`")]
async fn a_key_is_replaced_and_boto3_finds_it_so() {
    let lab = Lab::new(1).await;

    let rotated = lab.rotation().rotate().await.unwrap();

    lab.assert_rotated(&rotated).await;
    assert_eq!(lab.rotation().resume().await.unwrap(), Resumed::Nothing);
}

/// Its future is dropped while it waits for the new key to be known everywhere.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[cfg_attr(not(feature = "interop"), ignore = "outside check, left to `cargo xtask test`")]
async fn a_rotation_that_was_dropped_is_taken_up() {
    let lab = Lab::new(1).await;
    let roles = async || {
        let keys = lab.rotation().status().await.unwrap().keys;
        keys.into_iter().map(|key| key.role).collect::<Vec<_>>()
    };
    let rotation = lab.slow_rotation();
    let until_it_is_made = async {
        while !roles().await.contains(&KeyRole::Successor) {
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    };
    tokio::select! {
        outcome = rotation.rotate() => panic!("{outcome:?}"),
        () = until_it_is_made => {}
    }
    assert_eq!(lab.held().await.access_key_id(), lab.keys[0].access_key_id());

    let resumed = lab.rotation().resume().await.unwrap();

    let Resumed::Finished(rotated) = resumed else { panic!("{resumed:?}") };
    lab.assert_rotated(&rotated).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[cfg_attr(not(feature = "interop"), ignore = "outside check, left to `cargo xtask test`")]
async fn a_second_key_is_named_and_goes_when_told() {
    let lab = Lab::new(2).await;

    let error = lab.rotation().rotate().await.unwrap_err();

    assert_eq!(error.kind(), ErrorKind::InUse, "{error:?}");
    for key in &lab.keys {
        assert!(error.to_string().contains(key.access_key_id().as_str()), "{error}");
    }
    lab.rotation().delete_key(lab.keys[1].access_key_id()).await.unwrap();
    let rotated = lab.rotation().rotate().await.unwrap();
    lab.assert_rotated(&rotated).await;
}
