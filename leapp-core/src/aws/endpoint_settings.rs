//! Where the environment and a profile send requests, in the SDK's own words for it.

use std::fmt;

use crate::{Error, ErrorKind};

/// What a person configured of endpoints: other addresses, FIPS, dual-stack, STS's global endpoint.
///
/// The library reads no environment and no file: a host hands in how to look names up. Names and precedence are the
/// SDKs': [service-specific endpoints](https://docs.aws.amazon.com/sdkref/latest/guide/feature-ss-endpoints.html),
/// [dual-stack and FIPS](https://docs.aws.amazon.com/sdkref/latest/guide/feature-endpoints.html),
/// [STS regional endpoints](https://docs.aws.amazon.com/sdkref/latest/guide/feature-sts-regionalized-endpoints.html).
///
/// ```
/// use leapp_core::aws::{EndpointSettings, Service};
///
/// let variable = |name: &str| (name == "AWS_ENDPOINT_URL_STS").then(|| "http://127.0.0.1:4566".to_owned());
/// let settings = EndpointSettings::read(variable, |_| None, |_, _| None)?;
/// assert_eq!(settings.endpoint_url(Service::Sts), Some("http://127.0.0.1:4566"));
/// assert_eq!(settings.endpoint_url(Service::Sso), None);
/// # Ok::<(), leapp_core::Error>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct EndpointSettings {
    /// By service, in the order of [`Service::ALL`].
    endpoint_urls: [Option<String>; Service::ALL.len()],
    fips: Option<bool>,
    dual_stack: Option<bool>,
    global_sts: Option<bool>,
}

/// The services this library calls.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Service {
    /// Identity and Access Management.
    Iam,
    /// Sign-in's federation endpoint.
    Signin,
    /// The access portal of IAM Identity Center.
    Sso,
    /// The logins of IAM Identity Center.
    SsoOidc,
    /// The Security Token Service.
    Sts,
}

impl EndpointSettings {
    /// Reads them. `variable` looks up an environment variable, `profile` a key of the profile in use (`endpoint_url`), and
    /// `service` a key of a service in the `[services]` section that the profile names (`sts`, `endpoint_url`).
    ///
    /// # Errors
    /// [`ErrorKind::InvalidInput`], naming the setting, when an address is none, or a switch is neither `true` nor `false`.
    pub fn read(
        variable: impl Fn(&str) -> Option<String>,
        profile: impl Fn(&str) -> Option<String>,
        service: impl Fn(&str, &str) -> Option<String>,
    ) -> Result<Self, Error> {
        let switch = |in_environment: &str, in_profile: &str| -> Result<Option<bool>, Error> {
            match variable(in_environment).filter(|text| !text.is_empty()) {
                Some(text) => flag(in_environment, &text).map(Some),
                None => profile(in_profile).map(|text| flag(in_profile, &text)).transpose(),
            }
        };
        let mut settings = Self {
            endpoint_urls: Default::default(),
            fips: switch("AWS_USE_FIPS_ENDPOINT", "use_fips_endpoint")?,
            dual_stack: switch("AWS_USE_DUALSTACK_ENDPOINT", "use_dualstack_endpoint")?,
            global_sts: None,
        };
        let regional = variable("AWS_STS_REGIONAL_ENDPOINTS").filter(|text| !text.is_empty());
        settings.global_sts = match regional {
            Some(text) => Some(is_legacy("AWS_STS_REGIONAL_ENDPOINTS", &text)?),
            None => profile("sts_regional_endpoints")
                .map(|text| is_legacy("sts_regional_endpoints", &text))
                .transpose()?,
        };
        if switch("AWS_IGNORE_CONFIGURED_ENDPOINT_URLS", "ignore_configured_endpoint_urls")? == Some(true) {
            return Ok(settings);
        }
        for (place, one) in settings.endpoint_urls.iter_mut().zip(Service::ALL) {
            let own_variable = format!("AWS_ENDPOINT_URL_{}", one.in_capitals());
            let candidates = [
                (own_variable.as_str(), variable(&own_variable)),
                ("AWS_ENDPOINT_URL", variable("AWS_ENDPOINT_URL")),
                ("endpoint_url of the service", service(one.as_str(), "endpoint_url")),
                ("endpoint_url", profile("endpoint_url")),
            ];
            let set = candidates
                .into_iter()
                .find_map(|(name, url)| Some((name, url.filter(|url| !url.is_empty())?)));
            *place = set.map(|(name, url)| address(name, url)).transpose()?;
        }
        Ok(settings)
    }

    /// The address that a service is to be called at, if it is not its own.
    pub fn endpoint_url(&self, service: Service) -> Option<&str> {
        let at = Service::ALL.iter().position(|one| *one == service)?;
        self.endpoint_urls[at].as_deref()
    }

    /// Whether endpoints validated for FIPS 140 are to be used; `None` when nothing is said.
    pub fn uses_fips(&self) -> Option<bool> {
        self.fips
    }

    /// Whether endpoints with IPv6 beside IPv4 are to be used; `None` when nothing is said.
    pub fn uses_dual_stack(&self) -> Option<bool> {
        self.dual_stack
    }

    /// Whether STS's global endpoint is to be used (`legacy`); `None` when nothing is said. The Region's is better: nearer,
    /// and its tokens are accepted in every Region.
    pub fn uses_global_sts(&self) -> Option<bool> {
        self.global_sts
    }
}

impl Service {
    const ALL: [Self; 5] = [Self::Iam, Self::Signin, Self::Sso, Self::SsoOidc, Self::Sts];

    /// Its name in a `[services]` section.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Iam => "iam",
            Self::Signin => "signin",
            Self::Sso => "sso",
            Self::SsoOidc => "sso_oidc",
            Self::Sts => "sts",
        }
    }

    fn in_capitals(self) -> String {
        self.as_str().to_ascii_uppercase()
    }
}

impl fmt::Display for Service {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

fn flag(name: &str, text: &str) -> Result<bool, Error> {
    match text.trim().to_ascii_lowercase().as_str() {
        "true" => Ok(true),
        "false" => Ok(false),
        _ => Err(refuse(name, text, "neither `true` nor `false`")),
    }
}

fn is_legacy(name: &str, text: &str) -> Result<bool, Error> {
    match text.trim().to_ascii_lowercase().as_str() {
        "legacy" => Ok(true),
        "regional" => Ok(false),
        _ => Err(refuse(name, text, "neither `regional` nor `legacy`")),
    }
}

fn address(name: &str, url: String) -> Result<String, Error> {
    let rest = url.strip_prefix("https://").or_else(|| url.strip_prefix("http://"));
    match rest {
        Some(rest) if !rest.is_empty() && url.chars().all(|c| c.is_ascii_graphic()) => Ok(url),
        _ => Err(refuse(name, &url, "not an `https` or `http` address")),
    }
}

fn refuse(name: &str, text: &str, what: &str) -> Error {
    let shown: String = text.chars().take(64).collect();
    Error::new(ErrorKind::InvalidInput, format!("{name} is {shown:?}, {what}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn find(entries: &[(&str, &str)], name: &str) -> Option<String> {
        entries.iter().find(|(known, _)| *known == name).map(|(_, value)| (*value).to_owned())
    }

    fn read(environment: &[(&str, &str)], profile: &[(&str, &str)]) -> Result<EndpointSettings, Error> {
        let of_service = |service: &str, key: &str| find(profile, &format!("{service}/{key}"));
        EndpointSettings::read(|name| find(environment, name), |key| find(profile, key), of_service)
    }

    #[test]
    fn the_nearest_setting_wins() {
        let everything =
            [("AWS_ENDPOINT_URL_STS", "http://own-variable"), ("AWS_ENDPOINT_URL", "http://variable")];
        let profile = [("sts/endpoint_url", "http://services"), ("endpoint_url", "http://profile")];
        for (environment, profile, url) in [
            (&everything[..], &profile[..], "http://own-variable"),
            (&everything[1..], &profile[..], "http://variable"),
            (&[], &profile[..], "http://services"),
            (&[], &profile[1..], "http://profile"),
        ] {
            assert_eq!(read(environment, profile).unwrap().endpoint_url(Service::Sts), Some(url));
        }
        let settings = read(&everything[..1], &[]).unwrap();
        assert_eq!(settings.endpoint_url(Service::SsoOidc), None, "one service's is no other's");
        let settings = read(&[("AWS_ENDPOINT_URL_SSO_OIDC", "http://oidc")], &[]).unwrap();
        assert_eq!(settings.endpoint_url(Service::SsoOidc), Some("http://oidc"));
        assert_eq!(settings.endpoint_url(Service::Sso), None);
    }

    #[test]
    fn addresses_are_ignored_where_that_is_asked_for_and_switches_are_not() {
        let environment = [
            ("AWS_ENDPOINT_URL", "http://variable"),
            ("AWS_IGNORE_CONFIGURED_ENDPOINT_URLS", "true"),
            ("AWS_USE_FIPS_ENDPOINT", "True"),
        ];
        let settings = read(&environment, &[]).unwrap();
        assert_eq!((settings.endpoint_url(Service::Sts), settings.uses_fips()), (None, Some(true)));
        let settings = read(&environment[..1], &[("ignore_configured_endpoint_urls", "true")]).unwrap();
        assert_eq!(settings.endpoint_url(Service::Sts), None);
    }

    #[test]
    fn the_environment_goes_before_the_profile() {
        let profile = [
            ("use_fips_endpoint", "true"),
            ("use_dualstack_endpoint", "true"),
            ("sts_regional_endpoints", "legacy"),
        ];
        let settings = read(&[], &profile).unwrap();
        let all = (settings.uses_fips(), settings.uses_dual_stack(), settings.uses_global_sts());
        assert_eq!(all, (Some(true), Some(true), Some(true)));
        let environment = [("AWS_USE_FIPS_ENDPOINT", "false"), ("AWS_STS_REGIONAL_ENDPOINTS", "regional")];
        let settings = read(&environment, &profile).unwrap();
        let all = (settings.uses_fips(), settings.uses_dual_stack(), settings.uses_global_sts());
        assert_eq!(all, (Some(false), Some(true), Some(false)));
        assert_eq!(read(&[], &[]).unwrap(), EndpointSettings::default());
    }

    #[test]
    fn a_setting_that_means_nothing_is_named() {
        for (name, value, said) in [
            ("AWS_ENDPOINT_URL", "localhost:4566", "AWS_ENDPOINT_URL is \"localhost:4566\", not an"),
            ("AWS_ENDPOINT_URL_STS", "https://", "AWS_ENDPOINT_URL_STS is \"https://\", not an"),
            ("AWS_USE_FIPS_ENDPOINT", "yes", "AWS_USE_FIPS_ENDPOINT is \"yes\", neither `true`"),
            (
                "AWS_STS_REGIONAL_ENDPOINTS",
                "global",
                "AWS_STS_REGIONAL_ENDPOINTS is \"global\", neither `regional`",
            ),
        ] {
            let error = read(&[(name, value)], &[]).unwrap_err();
            assert_eq!(error.kind(), ErrorKind::InvalidInput);
            assert!(error.to_string().starts_with(said), "{error}");
        }
        assert!(
            read(&[("AWS_ENDPOINT_URL", ""), ("AWS_USE_FIPS_ENDPOINT", "")], &[]).is_ok(),
            "empty is unset"
        );
    }
}
