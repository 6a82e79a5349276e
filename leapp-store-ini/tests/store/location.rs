//! The files are looked for where AWS's own vectors say.

use std::ffi::OsString;
use std::path::Path;

use leapp_store_ini::{ConfigFile, CredentialsFile, home_folder};

use crate::aws_parser::vectors_of;

#[test]
fn files_are_where_the_vectors_say() {
    let platform = if cfg!(windows) { "windows" } else { "linux" };
    let mut seen = 0;
    for vector in vectors_of("file-location-tests.json") {
        if vector["platform"] != platform {
            continue;
        }
        let variable = |name: &str| vector["environment"][name].as_str().map(OsString::from);
        let home = home_folder(variable).unwrap();
        let (config, credentials) = (variable("AWS_CONFIG_FILE"), variable("AWS_SHARED_CREDENTIALS_FILE"));
        let path = |key: &str| Path::new(vector[key].as_str().unwrap()).to_path_buf();
        assert_eq!(ConfigFile::default_path(&home, config.as_deref()), path("configLocation"));
        assert_eq!(
            CredentialsFile::default_path(&home, credentials.as_deref()),
            path("credentialsLocation"),
            "{}",
            vector["name"]
        );
        seen += 1;
    }
    assert_eq!(seen, if cfg!(windows) { 5 } else { 4 });
}
