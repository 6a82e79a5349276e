//! The hosts of sign-in: one for each partition, and one for each of its Regions.

use crate::aws::account::Partition;

/// The domain in which a partition's sign-in hosts and consoles are.
pub(super) fn domain(partition: &str) -> &'static str {
    match Partition::parse(partition) {
        Some(Partition::China) => "amazonaws.cn",
        Some(Partition::EuropeanSovereign) => "amazonaws-eusc.eu",
        Some(Partition::UsGov) => "amazonaws-us-gov.com",
        Some(Partition::Aws) | None => "aws.amazon.com",
    }
}

/// True for a sign-in host of AWS's that belongs to another partition; a host such as loopback belongs to none.
pub(super) fn is_of_another_partition(host: &str, partition: &str) -> bool {
    of_host(host).is_some_and(|one| one.as_str() != partition)
}

fn of_host(host: &str) -> Option<Partition> {
    let name = host.split(':').next().unwrap_or_default();
    [Partition::Aws, Partition::China, Partition::EuropeanSovereign, Partition::UsGov].into_iter().find(
        |one| {
            let front = name.strip_suffix(domain(one.as_str())).and_then(|front| front.strip_suffix('.'));
            front.is_some_and(|front| matches!(front.rsplit('.').next(), Some("signin" | "signin-fips")))
        },
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_host_names_its_partition() {
        for (host, partition) in [
            ("signin.aws.amazon.com", Some(Partition::Aws)),
            ("us-east-1.signin.aws.amazon.com", Some(Partition::Aws)),
            ("eu-west-1.signin.aws.amazon.com:443", Some(Partition::Aws)),
            ("signin.amazonaws-us-gov.com", Some(Partition::UsGov)),
            ("us-gov-west-1.signin.amazonaws-us-gov.com", Some(Partition::UsGov)),
            ("signin-fips.amazonaws-us-gov.com", Some(Partition::UsGov)),
            ("signin.amazonaws.cn", Some(Partition::China)),
            ("eusc-de-east-1.signin.amazonaws-eusc.eu", Some(Partition::EuropeanSovereign)),
            ("notsignin.aws.amazon.com", None),
            ("console.aws.amazon.com", None),
            ("127.0.0.1:4711", None),
        ] {
            assert_eq!(of_host(host), partition, "{host}");
        }
    }
}
