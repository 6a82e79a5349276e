//! Where AWS tools look for the two files.

use std::ffi::{OsStr, OsString};
use std::path::{Path, PathBuf};

/// The user's home folder as AWS tools find it: `HOME`; on Windows, when that is not set, `USERPROFILE`, then
/// `HOMEDRIVE` and `HOMEPATH` together. `None` when none of them is set.
///
/// The caller gives the environment. An empty value counts as none.
///
/// ```
/// use leapp_store_ini::{CredentialsFile, home_folder};
/// use std::path::Path;
///
/// let variable = |name: &str| (name == "HOME").then(|| "/home/alice".into()); // Or `|name| std::env::var_os(name)`.
/// let home = home_folder(variable).unwrap();
/// assert_eq!(CredentialsFile::default_path(&home, None), Path::new("/home/alice/.aws/credentials"));
/// ```
pub fn home_folder(variable: impl Fn(&str) -> Option<OsString>) -> Option<PathBuf> {
    let variable = |name| variable(name).filter(|value| !value.is_empty());
    if let Some(home) = variable("HOME") {
        return Some(home.into());
    }
    if !cfg!(windows) {
        return None;
    }
    variable("USERPROFILE")
        .or_else(|| {
            let mut path = variable("HOMEDRIVE")?;
            path.push(variable("HOMEPATH")?);
            Some(path)
        })
        .map(PathBuf::from)
}

/// What a variable says, or a file of this name in the home folder.
pub(crate) fn default_path(home: &Path, name: &str, variable: Option<&OsStr>) -> PathBuf {
    match variable.filter(|value| !value.is_empty()) {
        None => home.join(".aws").join(name),
        Some(value) => match Path::new(value).strip_prefix("~") {
            Ok(below_home) => home.join(below_home),
            Err(_) => PathBuf::from(value),
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn home(variables: &[(&str, &str)]) -> Option<PathBuf> {
        home_folder(|name| variables.iter().find(|(own, _)| *own == name).map(|(_, value)| value.into()))
    }

    #[test]
    fn home_goes_before_what_only_windows_has() {
        let all = [("USERPROFILE", "ignored"), ("HOME", "/home/user"), ("HOMEDRIVE", "i"), ("HOMEPATH", "i")];
        assert_eq!(home(&all).unwrap(), Path::new("/home/user"));
        assert_eq!(home(&[]), None);
        assert_eq!(home(&[("HOME", "")]), None);
    }

    #[test]
    fn windows_has_two_more_ways_to_say_it() {
        let profile = [("USERPROFILE", r"C:\users\a"), ("HOMEDRIVE", "ignored"), ("HOMEPATH", "ignored")];
        let drive = [("HOMEDRIVE", "C:"), ("HOMEPATH", r"\users\a")];
        let there = cfg!(windows).then(|| PathBuf::from(r"C:\users\a"));
        assert_eq!(home(&profile), there);
        assert_eq!(home(&drive), there);
        assert_eq!(home(&drive[..1]), None);
    }
}
