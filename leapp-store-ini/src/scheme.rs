//! The two files that AWS tools share: how each names its profiles, and what we write into them.

/// Which of the two files a document is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Scheme {
    /// `~/.aws/config`: a profile is `[profile NAME]`, or `[default]`; there are sections of other kinds.
    Config,
    /// `~/.aws/credentials`: every section is a profile.
    Credentials,
}

pub(crate) const ACCESS_KEY_ID: &str = "aws_access_key_id";
pub(crate) const CREDENTIAL_PROCESS: &str = "credential_process";
pub(crate) const EXPIRATION: &str = "aws_credential_expiration";
pub(crate) const REGION: &str = "region";
pub(crate) const SECRET_ACCESS_KEY: &str = "aws_secret_access_key";
pub(crate) const SESSION_TOKEN: &str = "aws_session_token";

const DEFAULT: &str = "default";
const PREFIX: &str = "profile";

impl Scheme {
    /// The keys we write beside our marks.
    pub(crate) fn keys(self) -> &'static [&'static str] {
        match self {
            Self::Config => &[CREDENTIAL_PROCESS, REGION],
            Self::Credentials => &[ACCESS_KEY_ID, SECRET_ACCESS_KEY, SESSION_TOKEN, EXPIRATION, REGION],
        }
    }

    /// The profile that a section is part of, by the name in its header.
    pub(crate) fn profile(self, section: &[u8]) -> Option<&[u8]> {
        match self {
            Self::Config if section == DEFAULT.as_bytes() => Some(section),
            Self::Config => prefixed(section),
            Self::Credentials => Some(section),
        }
    }

    /// True when a section of this name takes the place of those of the same profile that have it not: `[profile default]` does.
    pub(crate) fn overrides(self, section: &[u8]) -> bool {
        self == Self::Config && prefixed(section) == Some(DEFAULT.as_bytes())
    }

    /// The name for the section of a new profile.
    pub(crate) fn section(self, profile: &str) -> String {
        match self {
            Self::Config if profile != DEFAULT => format!("{PREFIX} {profile}"),
            Self::Config | Self::Credentials => profile.to_owned(),
        }
    }

    /// Every name under which some tool would take a section for the profile.
    pub(crate) fn spellings(self, profile: &str) -> Vec<String> {
        match self {
            Self::Config => {
                let default = (profile == DEFAULT).then(|| profile.to_owned());
                let prefixed = ["", "\"", "'"].map(|quote| format!("{PREFIX} {quote}{profile}{quote}"));
                default.into_iter().chain(prefixed).collect()
            }
            Self::Credentials => vec![profile.to_owned()],
        }
    }
}

fn prefixed(section: &[u8]) -> Option<&[u8]> {
    let rest = section.strip_prefix(PREFIX.as_bytes())?;
    let name = rest.trim_ascii_start();
    (name.len() < rest.len() && !name.is_empty()).then_some(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_config_file_has_profiles_behind_a_word_and_sections_of_other_kinds() {
        let profile = |section: &str| Scheme::Config.profile(section.as_bytes()).map(<[u8]>::to_vec);
        assert_eq!(profile("default").unwrap(), b"default");
        assert_eq!(profile("profile dev").unwrap(), b"dev");
        assert_eq!(profile("profile \t dev").unwrap(), b"dev");
        for other in
            ["dev", "profiledev", "profile", "profile ", "sso-session dev", "services dev", "plugins"]
        {
            assert_eq!(profile(other), None, "{other}");
        }
        assert_eq!(Scheme::Credentials.profile(b"profile dev").unwrap(), b"profile dev");
    }

    #[test]
    fn a_new_section_is_read_as_its_profile() {
        for scheme in [Scheme::Config, Scheme::Credentials] {
            for profile in ["default", "dev", "profile", "a.b"] {
                assert_eq!(scheme.profile(scheme.section(profile).as_bytes()), Some(profile.as_bytes()));
            }
        }
    }
}
