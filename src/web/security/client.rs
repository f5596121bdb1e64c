//! The address of the person's browser, past the proxies we trust.

use axum::{
    extract::{ConnectInfo, Request},
    http::HeaderMap,
};
use ipnet::IpNet;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};

/// The browser's address as far as trusted hops tell it; what the sign-in limits are counted by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Client(pub IpAddr);

impl Client {
    /// The socket's peer, or, when that is a trusted proxy, the right-most hop that is not.
    pub fn of(request: &Request, trusted: &[IpNet]) -> Self {
        let peer = request
            .extensions()
            .get::<ConnectInfo<SocketAddr>>()
            .map_or(IpAddr::V4(Ipv4Addr::UNSPECIFIED), |ConnectInfo(peer)| {
                peer.ip()
            });
        Self(behind(peer.to_canonical(), request.headers(), trusted))
    }

    /// What counts as one client: an IPv4 address, or the /64 that one IPv6 subscriber has.
    pub fn network(self) -> IpNet {
        let bits = if self.0.is_ipv4() { 32 } else { 64 };
        IpNet::new_assert(self.0, bits).trunc()
    }
}

fn behind(peer: IpAddr, headers: &HeaderMap, trusted: &[IpNet]) -> IpAddr {
    let is_trusted = |address: &IpAddr| trusted.iter().any(|network| network.contains(address));
    let mut nearest = peer;
    for hop in hops(headers).into_iter().rev() {
        if !is_trusted(&nearest) {
            break;
        }
        // A hop that is no address ends the chain: what stands left of it was written by somebody we cannot name.
        let Some(address) = hop else { break };
        nearest = address;
    }
    nearest
}

/// The hops that the proxies wrote down, the nearest last: X-Forwarded-For, else Forwarded (RFC 7239).
fn hops(headers: &HeaderMap) -> Vec<Option<IpAddr>> {
    let items = |name: &str| -> Vec<String> {
        headers
            .get_all(name)
            .iter()
            .flat_map(|value| {
                String::from_utf8_lossy(value.as_bytes())
                    .split(',')
                    .map(|item| item.trim().to_owned())
                    .collect::<Vec<_>>()
            })
            .collect()
    };
    let forwarded_for = items("x-forwarded-for");
    if !forwarded_for.is_empty() {
        return forwarded_for.iter().map(|hop| address(hop)).collect();
    }
    items("forwarded")
        .iter()
        .map(|element| forwarded_element(element))
        .collect()
}

/// The `for` parameter of one element of Forwarded.
fn forwarded_element(element: &str) -> Option<IpAddr> {
    let (_, node) = element
        .split(';')
        .filter_map(|pair| pair.split_once('='))
        .find(|(name, _)| name.trim().eq_ignore_ascii_case("for"))?;
    address(node.trim().trim_matches('"'))
}

/// `192.0.2.1`, `192.0.2.1:1234`, `2001:db8::1`, `[2001:db8::1]`, `[2001:db8::1]:1234`.
fn address(hop: &str) -> Option<IpAddr> {
    hop.parse()
        .ok()
        .or_else(|| hop.parse::<SocketAddr>().ok().map(|socket| socket.ip()))
        .or_else(|| hop.strip_prefix('[')?.strip_suffix(']')?.parse().ok())
        .map(|address| address.to_canonical())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn client(peer: &str, header: Option<(&'static str, &str)>) -> String {
        let mut headers = HeaderMap::new();
        if let Some((name, value)) = header {
            headers.insert(name, value.parse().unwrap());
        }
        behind(
            peer.parse().unwrap(),
            &headers,
            &["10.0.0.0/8".parse().unwrap()],
        )
        .to_string()
    }

    #[test]
    fn an_untrusted_peer_cannot_say_it_is_somebody_else() {
        assert_eq!(
            client("203.0.113.9", Some(("x-forwarded-for", "192.0.2.1"))),
            "203.0.113.9"
        );
    }

    #[test]
    fn the_right_most_untrusted_hop_counts() {
        assert_eq!(
            client(
                "10.0.0.1",
                Some(("x-forwarded-for", "192.0.2.66, 203.0.113.9, 10.0.0.2"))
            ),
            "203.0.113.9"
        );
        assert_eq!(
            client("10.0.0.1", Some(("x-forwarded-for", "10.0.0.3"))),
            "10.0.0.3"
        );
        assert_eq!(client("10.0.0.1", None), "10.0.0.1");
    }

    #[test]
    fn forwarded_is_read_like_the_older_header() {
        assert_eq!(
            client(
                "10.0.0.1",
                Some((
                    "forwarded",
                    "for=192.0.2.66, for=\"[2001:db8::1]:443\";proto=https"
                ))
            ),
            "2001:db8::1"
        );
    }

    #[test]
    fn garbage_ends_the_chain_at_the_nearest_known_hop() {
        assert_eq!(
            client("10.0.0.1", Some(("x-forwarded-for", "192.0.2.1, unknown"))),
            "10.0.0.1"
        );
    }
}
