//! Which network addresses may be called at all.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// Why nobody may ever allow this address; `None` where it is an ordinary one.
pub fn never_allowed(address: IpAddr) -> Option<&'static str> {
    match address {
        IpAddr::V4(v4) => never_allowed_v4(v4),
        IpAddr::V6(v6) => match embedded_v4(v6) {
            Some(v4) => never_allowed_v4(v4),
            None => never_allowed_v6(v6),
        },
    }
}

/// Whether the address is this machine's own, also when written as IPv6.
pub fn is_loopback(address: IpAddr) -> bool {
    address.to_canonical().is_loopback()
}

/// Where clouds hand out credentials to whoever asks, beside the link-local
/// addresses: AWS, Google, Alibaba, Azure, Oracle.
const METADATA_V4: [Ipv4Addr; 3] =
    [Ipv4Addr::new(100, 100, 100, 200), Ipv4Addr::new(168, 63, 129, 16), Ipv4Addr::new(192, 0, 0, 192)];
const METADATA_V6: [Ipv6Addr; 1] = [Ipv6Addr::new(0xfd20, 0xce, 0, 0, 0, 0, 0, 0x254)];
/// All that AWS serves to its machines over IPv6: metadata, credentials of pods, names.
const OF_AWS: [u16; 2] = [0xfd00, 0xec2];

/// NAT64 of a network's own (RFC 8215): where in it the IPv4 address stands is
/// for that network to say.
const TRANSLATED: [u16; 3] = [0x64, 0xff9b, 1];

fn never_allowed_v4(address: Ipv4Addr) -> Option<&'static str> {
    if address.is_link_local() {
        Some("a link-local address")
    } else if METADATA_V4.contains(&address) {
        Some("a cloud's metadata address")
    } else if address.octets()[0] == 0 {
        Some("an unspecified address")
    } else if address.is_multicast() || address.is_broadcast() {
        Some("an address of many machines")
    } else {
        None
    }
}

fn never_allowed_v6(address: Ipv6Addr) -> Option<&'static str> {
    if address.is_unicast_link_local() {
        Some("a link-local address")
    } else if METADATA_V6.contains(&address) || address.segments().starts_with(&OF_AWS) {
        Some("a cloud's metadata address")
    } else if address.segments().starts_with(&TRANSLATED) {
        Some("an address that leads wherever a translator wants")
    } else if address.is_unspecified() {
        Some("an unspecified address")
    } else if address.is_multicast() {
        Some("an address of many machines")
    } else {
        None
    }
}

/// The IPv4 address that an IPv6 address leads to: mapped, compatible, NAT64
/// or 6to4.
fn embedded_v4(address: Ipv6Addr) -> Option<Ipv4Addr> {
    let halves = |high: u16, low: u16| {
        let ([a, b], [c, d]) = (high.to_be_bytes(), low.to_be_bytes());
        Ipv4Addr::new(a, b, c, d)
    };
    match address.segments() {
        // `::` and `::1` are addresses in their own right.
        [0, 0, 0, 0, 0, 0, 0, 0 | 1] => None,
        [0, 0, 0, 0, 0, 0 | 0xffff, high, low] | [0x64, 0xff9b, 0, 0, 0, 0, high, low] => {
            Some(halves(high, low))
        }
        [0x2002, high, low, ..] => Some(halves(high, low)),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn link_local_metadata_and_unspecified_addresses_are_never_allowed() {
        for text in [
            "169.254.169.254",
            "169.254.0.1",
            "::ffff:169.254.169.254",
            "::169.254.169.254",
            "64:ff9b::a9fe:a9fe",
            "2002:a9fe:a9fe::1",
            "fe80::1",
            "febf::1",
            "64:ff9b:1::a9fe:a9fe",
            "fd00:ec2::254",
            "fd00:ec2::23",
            "fd20:ce::254",
            "100.100.100.200",
            "168.63.129.16",
            "192.0.0.192",
            "0.0.0.0",
            "0.1.2.3",
            "::",
            "::ffff:0.0.0.0",
            "224.0.0.1",
            "255.255.255.255",
            "ff02::1",
        ] {
            assert!(never_allowed(text.parse().unwrap()).is_some(), "{text}");
        }
    }

    #[test]
    fn ordinary_addresses_can_be_allowed() {
        for text in
            ["127.0.0.1", "::1", "::ffff:127.0.0.1", "10.0.0.7", "192.0.2.1", "2001:db8::1", "fd12::1"]
        {
            assert_eq!(never_allowed(text.parse().unwrap()), None, "{text}");
        }
    }

    #[test]
    fn loopback_is_known_in_every_spelling() {
        for text in ["127.0.0.1", "127.8.9.10", "::1", "::ffff:127.0.0.1"] {
            assert!(is_loopback(text.parse().unwrap()), "{text}");
        }
        for text in ["10.0.0.1", "::2", "64:ff9b::7f00:1", "0.0.0.0"] {
            assert!(!is_loopback(text.parse().unwrap()), "{text}");
        }
    }
}
