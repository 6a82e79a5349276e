//! AWS's partitions, and what is called how in each: the one table that every address and ARN follows.

use std::fmt;

use super::Sts;
use crate::{Error, ErrorKind, Region};

/// A partition: a group of Regions with accounts, addresses and an ARN prefix of its own.
///
/// See [Partitions](https://docs.aws.amazon.com/whitepapers/latest/aws-fault-isolation-boundaries/partitions.html).
///
/// ```
/// use leapp_core::Region;
/// use leapp_core::aws::Partition;
///
/// let partition = Partition::of_region(&Region::parse("us-gov-east-1")?);
/// assert_eq!(partition.as_str(), "aws-us-gov");
/// assert_eq!(partition.dns_suffix(), "amazonaws.com");
/// # Ok::<(), leapp_core::Error>(())
/// ```
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Partition(&'static Row);

/// One line of the table.
#[derive(Debug, PartialEq, Eq)]
struct Row {
    name: &'static str,
    /// How the names of its Regions begin. The longest prefix that fits decides.
    prefixes: &'static [&'static str],
    dns_suffix: &'static str,
    dual_stack_dns_suffix: &'static str,
    /// The domain of its sign-in pages and its console; of the closed partitions AWS publishes none.
    console_domain: Option<&'static str>,
    /// The Region of what there is once in a partition, such as IAM. Its sign-in host has no Region in its name.
    global_region: &'static str,
    iam_host: &'static str,
    /// IAM's host that answers over IPv6 as well.
    dual_stack_iam_host: Option<&'static str>,
}

/// Suffixes and prefixes as in the SDK's endpoint rules, sign-in hosts as in
/// [Sign-in endpoints](https://docs.aws.amazon.com/general/latest/gr/signin-service.html).
const TABLE: [Row; 8] = [
    Row {
        name: "aws",
        prefixes: &[""],
        dns_suffix: "amazonaws.com",
        dual_stack_dns_suffix: "api.aws",
        console_domain: Some("aws.amazon.com"),
        global_region: "us-east-1",
        iam_host: "iam.amazonaws.com",
        dual_stack_iam_host: Some("iam.global.api.aws"),
    },
    Row {
        name: "aws-cn",
        prefixes: &["cn-"],
        dns_suffix: "amazonaws.com.cn",
        dual_stack_dns_suffix: "api.amazonwebservices.com.cn",
        console_domain: Some("amazonaws.cn"),
        global_region: "cn-north-1",
        iam_host: "iam.cn-north-1.amazonaws.com.cn",
        dual_stack_iam_host: Some("iam.global.api.amazonwebservices.com.cn"),
    },
    Row {
        name: "aws-eusc",
        prefixes: &["eusc-"],
        dns_suffix: "amazonaws.eu",
        dual_stack_dns_suffix: "api.amazonwebservices.eu",
        console_domain: Some("amazonaws-eusc.eu"),
        global_region: "eusc-de-east-1",
        iam_host: "iam.eusc-de-east-1.amazonaws.eu",
        dual_stack_iam_host: Some("iam.global.api.amazonwebservices.eu"),
    },
    Row {
        name: "aws-iso",
        prefixes: &["us-iso-"],
        dns_suffix: "c2s.ic.gov",
        dual_stack_dns_suffix: "api.aws.ic.gov",
        console_domain: None,
        global_region: "us-iso-east-1",
        iam_host: "iam.us-iso-east-1.c2s.ic.gov",
        dual_stack_iam_host: None,
    },
    Row {
        name: "aws-iso-b",
        prefixes: &["us-isob-"],
        dns_suffix: "sc2s.sgov.gov",
        dual_stack_dns_suffix: "api.aws.scloud",
        console_domain: None,
        global_region: "us-isob-east-1",
        iam_host: "iam.us-isob-east-1.sc2s.sgov.gov",
        dual_stack_iam_host: None,
    },
    Row {
        name: "aws-iso-e",
        prefixes: &["eu-isoe-"],
        dns_suffix: "cloud.adc-e.uk",
        dual_stack_dns_suffix: "api.cloud-aws.adc-e.uk",
        console_domain: None,
        global_region: "eu-isoe-west-1",
        iam_host: "iam.eu-isoe-west-1.cloud.adc-e.uk",
        dual_stack_iam_host: None,
    },
    Row {
        name: "aws-iso-f",
        prefixes: &["us-isof-"],
        dns_suffix: "csp.hci.ic.gov",
        dual_stack_dns_suffix: "api.aws.hci.ic.gov",
        console_domain: None,
        global_region: "us-isof-south-1",
        iam_host: "iam.us-isof-south-1.csp.hci.ic.gov",
        dual_stack_iam_host: None,
    },
    Row {
        name: "aws-us-gov",
        prefixes: &["us-gov-"],
        dns_suffix: "amazonaws.com",
        dual_stack_dns_suffix: "api.aws",
        console_domain: Some("amazonaws-us-gov.com"),
        global_region: "us-gov-west-1",
        iam_host: "iam.us-gov.amazonaws.com",
        dual_stack_iam_host: Some("iam.us-gov.api.aws"),
    },
];

/// How the names of the Regions of `aws` begin.
const USUAL_AREAS: [&str; 9] = ["af", "ap", "ca", "eu", "il", "me", "mx", "sa", "us"];

impl Partition {
    /// Every partition, by name.
    pub fn all() -> impl Iterator<Item = Self> {
        TABLE.iter().map(Self)
    }

    /// The partition that a Region is in, by the Region's name. One that nobody has heard of is in `aws`, as for the SDK.
    pub fn of_region(region: &Region) -> Self {
        let fits = |row: &Row| {
            let prefixes = row.prefixes.iter().filter(|prefix| region.as_str().starts_with(**prefix));
            prefixes.map(|prefix| prefix.len()).max()
        };
        Self(TABLE.iter().max_by_key(|row| fits(row)).unwrap_or(&TABLE[0]))
    }

    /// Reads a partition's name, the second field of every ARN.
    ///
    /// # Errors
    /// [`ErrorKind::InvalidInput`] when there is no such partition; the message lists those there are.
    pub fn parse(name: &str) -> Result<Self, Error> {
        Self::all().find(|partition| partition.as_str() == name).ok_or_else(|| {
            let shown: String = name.chars().take(64).collect();
            let names: Vec<_> = Self::all().map(Self::as_str).collect();
            let message = format!("partition {shown:?} is none of {}", names.join(", "));
            Error::new(ErrorKind::InvalidInput, message)
        })
    }

    /// Nothing and nobody crosses partitions: what an ARN names must be where the service is that is called.
    ///
    /// A partition that is newer than the table may be anywhere.
    pub(super) fn check(what: &str, arn_partition: &str, sts: &Sts) -> Result<(), Error> {
        let region = sts.region();
        let here = Self::of_region(region);
        // A fake or a proxy may be in any; so may a Region of a name that is newer than the table.
        if sts.has_own_endpoint() || !here.surely_has(region) {
            return Ok(());
        }
        match Self::parse(arn_partition) {
            Ok(there) if there != here => {
                let message = format!(
                    "{what} is in partition {there}, and Region `{region}` in {here}: use a Region of {there}"
                );
                Err(Error::new(ErrorKind::WrongPartition, message))
            }
            _ => Ok(()),
        }
    }

    /// True when the Region's name is one of this partition's, and not only of no other's.
    fn surely_has(self, region: &Region) -> bool {
        let area = region.as_str().split('-').next().unwrap_or_default();
        let number = region.as_str().rsplit('-').next().unwrap_or_default();
        let is_usual = USUAL_AREAS.contains(&area) && number.bytes().all(|byte| byte.is_ascii_digit());
        is_usual || self.0.prefixes.iter().any(|prefix| !prefix.is_empty())
    }

    /// Its name: `aws`, `aws-cn` and so on.
    pub fn as_str(self) -> &'static str {
        self.0.name
    }

    /// What its services' host names end in.
    pub fn dns_suffix(self) -> &'static str {
        self.0.dns_suffix
    }

    /// What its services' host names end in where they answer over IPv6 as well.
    pub fn dual_stack_dns_suffix(self) -> &'static str {
        self.0.dual_stack_dns_suffix
    }

    /// Sign-in's host in a Region: there SAML responses are posted and console sessions begin.
    ///
    /// # Errors
    /// [`ErrorKind::Unsupported`] in the closed partitions, whose hosts AWS does not publish;
    /// [`ErrorKind::InvalidInput`] when the Region is in another partition.
    pub fn sign_in_host(self, region: &Region) -> Result<String, Error> {
        let domain = self.console_domain(region)?;
        if region.as_str() == self.0.global_region {
            Ok(format!("signin.{domain}"))
        } else {
            Ok(format!("{region}.signin.{domain}"))
        }
    }

    /// The console's front page in a Region.
    ///
    /// # Errors
    /// As [`sign_in_host`](Self::sign_in_host).
    pub fn console_url(self, region: &Region) -> Result<String, Error> {
        let domain = self.console_domain(region)?;
        Ok(format!("https://{region}.console.{domain}/console/home?region={region}"))
    }

    /// The Region that signatures for IAM name, wherever in the partition one is.
    pub(super) fn global_region(self) -> &'static str {
        self.0.global_region
    }

    /// IAM's host, of which there is one.
    pub(super) fn iam_host(self, is_fips: bool, is_dual_stack: bool) -> Result<&'static str, Error> {
        let host = match (self.as_str(), is_fips, is_dual_stack) {
            // Those of GovCloud are validated, all of them.
            ("aws-us-gov", _, false) | (_, false, false) => Some(self.0.iam_host),
            ("aws-us-gov", _, true) | (_, false, true) => self.0.dual_stack_iam_host,
            ("aws", true, false) => Some("iam-fips.amazonaws.com"),
            ("aws", true, true) => Some("iam-fips.global.api.aws"),
            _ => None,
        };
        host.ok_or_else(|| {
            let message = format!("partition {self} has no such endpoint of IAM");
            Error::new(ErrorKind::Unsupported, message)
        })
    }

    /// Sign-in's host without a Region in its name.
    pub(super) fn sign_in_domain(self) -> Option<String> {
        self.0.console_domain.map(|domain| format!("signin.{domain}"))
    }

    fn console_domain(self, region: &Region) -> Result<&'static str, Error> {
        let theirs = Self::of_region(region);
        if theirs != self {
            let message = format!("region {region} is in partition {theirs}, not in {self}");
            return Err(Error::new(ErrorKind::InvalidInput, message));
        }
        self.0.console_domain.ok_or_else(|| {
            let message = format!("partition {self} has no sign-in host that AWS publishes");
            Error::new(ErrorKind::Unsupported, message)
        })
    }
}

impl fmt::Display for Partition {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl fmt::Debug for Partition {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Partition({})", self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use aws_sdk_sts::config::endpoint::{DefaultResolver, Params, ResolveEndpoint};

    /// Regions of every partition, one at least that no list of today has.
    const REGIONS: [(&str, &str); 14] = [
        ("us-east-1", "aws"),
        ("eu-west-1", "aws"),
        ("mx-central-1", "aws"),
        ("ap-southeast-99", "aws"),
        ("cn-north-1", "aws-cn"),
        ("cn-northwest-1", "aws-cn"),
        ("eusc-de-east-1", "aws-eusc"),
        ("us-iso-west-1", "aws-iso"),
        ("us-isob-east-1", "aws-iso-b"),
        ("eu-isoe-west-1", "aws-iso-e"),
        ("us-isof-south-1", "aws-iso-f"),
        ("us-isof-east-1", "aws-iso-f"),
        ("us-gov-west-1", "aws-us-gov"),
        ("us-gov-east-1", "aws-us-gov"),
    ];

    fn region(name: &str) -> Region {
        Region::parse(name).unwrap()
    }

    fn sdk_url(region: &str, dual_stack: bool) -> String {
        let params = Params::builder().region(region).use_dual_stack(dual_stack).build().unwrap();
        let resolver = DefaultResolver::new();
        ready(resolver.resolve_endpoint(&params)).unwrap().url().to_owned()
    }

    fn ready<F: Future>(future: F) -> F::Output {
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        runtime.block_on(future)
    }

    #[test]
    fn the_sdk_has_the_same_table() {
        for (name, partition) in REGIONS {
            let ours = Partition::of_region(&region(name));
            assert_eq!(ours.as_str(), partition, "{name}");
            assert_eq!(sdk_url(name, false), format!("https://sts.{name}.{}", ours.dns_suffix()));
            assert_eq!(sdk_url(name, true), format!("https://sts.{name}.{}", ours.dual_stack_dns_suffix()));
        }
    }

    #[test]
    fn sign_in_has_a_host_in_every_region_of_an_open_partition() {
        for (name, host) in [
            ("us-east-1", "signin.aws.amazon.com"),
            ("eu-west-1", "eu-west-1.signin.aws.amazon.com"),
            ("cn-north-1", "signin.amazonaws.cn"),
            ("cn-northwest-1", "cn-northwest-1.signin.amazonaws.cn"),
            ("us-gov-west-1", "signin.amazonaws-us-gov.com"),
            ("us-gov-east-1", "us-gov-east-1.signin.amazonaws-us-gov.com"),
            ("eusc-de-east-1", "signin.amazonaws-eusc.eu"),
        ] {
            assert_eq!(Partition::of_region(&region(name)).sign_in_host(&region(name)).unwrap(), host);
        }
        let closed = Partition::parse("aws-iso").unwrap().sign_in_host(&region("us-iso-east-1")).unwrap_err();
        assert_eq!(closed.kind(), ErrorKind::Unsupported);
        let foreign = Partition::parse("aws-cn").unwrap().sign_in_host(&region("eu-west-1")).unwrap_err();
        assert_eq!(foreign.kind(), ErrorKind::InvalidInput);
        assert_eq!(foreign.to_string(), "region eu-west-1 is in partition aws, not in aws-cn");
    }

    /// As in the endpoint rules of aws-sdk-iam 1.133.
    #[test]
    fn iam_has_one_host_in_every_partition() {
        for (name, [plain, dual_stack, fips]) in [
            ("aws", ["iam.amazonaws.com", "iam.global.api.aws", "iam-fips.amazonaws.com"]),
            ("aws-cn", ["iam.cn-north-1.amazonaws.com.cn", "iam.global.api.amazonwebservices.com.cn", ""]),
            ("aws-us-gov", ["iam.us-gov.amazonaws.com", "iam.us-gov.api.aws", "iam.us-gov.amazonaws.com"]),
            ("aws-iso", ["iam.us-iso-east-1.c2s.ic.gov", "", ""]),
        ] {
            let partition = Partition::parse(name).unwrap();
            for (is_fips, is_dual_stack, host) in
                [(false, false, plain), (false, true, dual_stack), (true, false, fips)]
            {
                match partition.iam_host(is_fips, is_dual_stack) {
                    Ok(found) => assert_eq!(found, host, "{name}"),
                    Err(error) => assert_eq!((error.kind(), host), (ErrorKind::Unsupported, ""), "{name}"),
                }
            }
        }
        for partition in Partition::all() {
            assert_eq!(Partition::of_region(&region(partition.global_region())), partition);
        }
    }

    #[test]
    fn every_partition_is_read_by_its_name() {
        for partition in Partition::all() {
            assert_eq!(Partition::parse(partition.as_str()).unwrap(), partition);
        }
        let error = Partition::parse("aws-moon").unwrap_err();
        assert!(error.to_string().starts_with("partition \"aws-moon\" is none of aws, aws-cn,"), "{error}");
    }
}
