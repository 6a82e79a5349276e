//! A program's own: a vault in a file that a passphrase opens, the shared credentials file, a way to the service.

use std::sync::Arc;

use leapp_core::aws::Sts;
use leapp_core::{Leapp, LeappBuilder, Secret, SessionId, Vault, VaultItem, VaultKey};
use leapp_store_ini::CredentialsFile;
use leapp_testkit::leak::Canary;
use leapp_vault::{Passphrase, SealedFile, SealingCost};

use crate::service::Service;
use crate::watch::{Kind, Watch};

pub(crate) struct Scene {
    pub(crate) home: tempfile::TempDir,
    pub(crate) vault: Arc<SealedFile>,
    pub(crate) sdk_config: aws_types::SdkConfig,
}

impl Scene {
    pub(crate) fn new(service: &Service, watch: &Watch) -> Self {
        let home = tempfile::tempdir().unwrap();
        let passphrase = Secret::from(Canary::new().text());
        watch.secret(Kind::Passphrase, &passphrase);
        let asking = Passphrase::asking(move || async move { Ok(passphrase) });
        let vault =
            SealedFile::open(home.path().join("secrets"), asking).unwrap().with_cost(SealingCost::MINIMUM);
        let http_client = aws_smithy_http_client::Builder::new().build_http();
        let sdk_config = aws_types::SdkConfig::builder()
            .region(aws_types::region::Region::from_static("eu-west-1"))
            .endpoint_url(&service.endpoint_url)
            .http_client(http_client)
            .build();
        Self { home, vault: Arc::new(vault), sdk_config }
    }

    pub(crate) fn sts(&self) -> Sts {
        Sts::from_sdk_config(&self.sdk_config).unwrap()
    }

    pub(crate) async fn keep(&self, session: &SessionId, item: VaultItem, secret: &Secret) {
        self.vault.put(&VaultKey::new(session.clone(), item), secret).await.unwrap();
    }

    pub(crate) fn leapp(&self) -> LeappBuilder {
        Leapp::builder(self.vault.clone())
            .with_sink(CredentialsFile::open(self.home.path().join("credentials")).unwrap())
    }
}
