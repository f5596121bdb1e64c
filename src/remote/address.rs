//! Which addresses are global unicast: the web, and nothing of this machine or the networks around it.
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// IANA IPv4 Special-Purpose Address Registry, multicast (RFC 5771) and class E: network and length of the prefix.
/// The few entries that the registry calls globally reachable (anycast relays, AS112) serve no web pages.
const SPECIAL_V4: [(Ipv4Addr, u32); 18] = [
    (Ipv4Addr::new(0, 0, 0, 0), 8),
    (Ipv4Addr::new(10, 0, 0, 0), 8),
    (Ipv4Addr::new(100, 64, 0, 0), 10),
    (Ipv4Addr::new(127, 0, 0, 0), 8),
    (Ipv4Addr::new(169, 254, 0, 0), 16),
    (Ipv4Addr::new(172, 16, 0, 0), 12),
    (Ipv4Addr::new(192, 0, 0, 0), 24),
    (Ipv4Addr::new(192, 0, 2, 0), 24),
    (Ipv4Addr::new(192, 31, 196, 0), 24),
    (Ipv4Addr::new(192, 52, 193, 0), 24),
    (Ipv4Addr::new(192, 88, 99, 0), 24),
    (Ipv4Addr::new(192, 168, 0, 0), 16),
    (Ipv4Addr::new(192, 175, 48, 0), 24),
    (Ipv4Addr::new(198, 18, 0, 0), 15),
    (Ipv4Addr::new(198, 51, 100, 0), 24),
    (Ipv4Addr::new(203, 0, 113, 0), 24),
    (Ipv4Addr::new(224, 0, 0, 0), 4),
    (Ipv4Addr::new(240, 0, 0, 0), 4),
];

/// Special networks inside 2000::/3 (IANA IPv6 Special-Purpose Address Registry): first octets as a number and how
/// many bits of it count. What lies outside 2000::/3 is not global unicast anyway.
const SPECIAL_V6: [(u128, u32); 4] = [
    // IETF protocol assignments; Teredo, which is among them, was looked at before.
    (0x2001_0000 << 96, 23),
    // Documentation.
    (0x2001_0db8 << 96, 32),
    (0x3fff_0000 << 96, 20),
    // AS112.
    (0x2620_004f_8000 << 80, 48),
];

/// Whether an address is global unicast. IPv6 addresses that stand for an IPv4 address are what that one is.
pub(super) fn is_public(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(address) => is_public_v4(address),
        IpAddr::V6(address) => is_public_v6(address),
    }
}

fn is_public_v4(address: Ipv4Addr) -> bool {
    let special = SPECIAL_V4.iter().any(|(network, length)| {
        (address.to_bits() ^ network.to_bits()).checked_shr(32 - length) == Some(0)
    });
    !special
}

fn is_public_v6(address: Ipv6Addr) -> bool {
    let bits = address.to_bits();
    let first = |length: u32| bits >> (128 - length);
    let last = Ipv4Addr::from_bits((bits & 0xffff_ffff) as u32);
    match () {
        // Mapped (::ffff:0:0/96), compatible (::/96) and NAT64 (64:ff9b::/96, RFC 6052).
        () if matches!(first(96), 0xffff | 0 | 0x0064_ff9b_0000_0000_0000_0000) => {
            is_public_v4(last)
        }
        // NAT64 of local use, 64:ff9b:1::/48 (RFC 8215): where the IPv4 address stands in it is the operator's choice.
        () if first(48) == 0x0064_ff9b_0001 => false,
        // 6to4 (RFC 3056).
        () if first(16) == 0x2002 => is_public_v4(Ipv4Addr::from_bits((bits >> 80) as u32)),
        // Teredo (RFC 4380): its server, and its client with every bit turned.
        () if first(32) == 0x2001_0000 => {
            is_public_v4(Ipv4Addr::from_bits((bits >> 64) as u32))
                && is_public_v4(Ipv4Addr::from_bits(!last.to_bits()))
        }
        () => {
            let special = SPECIAL_V6
                .iter()
                .any(|(network, length)| (bits ^ network) >> (128 - length) == 0);
            first(3) == 0b001 && !special
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn public(address: &str) -> bool {
        is_public(address.parse().unwrap())
    }

    #[test]
    fn the_web_is_public() {
        for address in [
            "1.1.1.1",
            "9.255.255.255",
            "11.0.0.0",
            "93.184.216.34",
            "100.63.255.255",
            "100.128.0.0",
            "172.15.255.255",
            "172.32.0.0",
            "192.0.1.0",
            "198.20.0.0",
            "223.255.255.255",
            "2606:2800:220:1:248:1893:25c8:1946",
            "2a00:1450:4001::1",
            "2001:4860:4860::8888",
            "::ffff:93.184.216.34",
            "64:ff9b::93.184.216.34",
            "2002:5db8:d822::1",
        ] {
            assert!(public(address), "{address}");
        }
    }

    #[test]
    fn the_edges_of_every_special_network_are_not() {
        for (network, length) in SPECIAL_V4 {
            let last = network.to_bits() | u32::MAX >> length;
            for address in [network, Ipv4Addr::from_bits(last)] {
                assert!(!is_public_v4(address), "{address}");
            }
        }
        for address in [
            "::",
            "::1",
            "::7f00:1",
            "::ffff:0:127.0.0.1",
            "64:ff9b:1::5db8:d822",
            "100::1",
            "2001::1",
            "2001:1ff:ffff::",
            "2001:0:5db8:d822::f5ff:fffe",
            "2001:db8::1",
            "3fff::1",
            "2620:4f:8000::1",
            "5f00::1",
            "fc00::1",
            "fdff::1",
            "fe80::1",
            "fec0::1",
            "ff0e::1",
        ] {
            assert!(!public(address), "{address}");
        }
    }

    proptest! {
        #[test]
        fn an_address_inside_another_is_what_it_is(bits: u32) {
            let inner = Ipv4Addr::from_bits(bits);
            let outer = u128::from(bits);
            for address in [
                0xffff << 32 | outer,
                outer,
                0x0064_ff9b << 96 | outer,
                0x2002 << 112 | outer << 80 | 1,
                0x2001_0000 << 96 | 0x5db8_d822 << 64 | u128::from(!bits),
                0x2001_0000 << 96 | outer << 64 | u128::from(!0x5db8_d822_u32),
            ] {
                let address = Ipv6Addr::from_bits(address);
                prop_assert_eq!(is_public_v6(address), is_public_v4(inner), "{}", address);
            }
        }
    }
}
