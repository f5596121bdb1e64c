//! The `from` clause of a Received field (RFC 5321 §4.4), as the usual servers write it.
use super::super::{
    characters::visible_line,
    domain_match::{registrable, to_ascii},
};
use std::net::{IpAddr, Ipv4Addr};

/// Octets of a field that are looked at.
const LONGEST: usize = 1024;

/// Who handed a message over, as far as the server that took it says.
#[derive(Debug, Default)]
pub(super) struct Hop {
    /// The name that the server looked up, else the one that was claimed.
    name: Option<String>,
    ip: Option<IpAddr>,
}

impl Hop {
    /// `from CLAIMED (LOOKED-UP [IP])` (Postfix, Sendmail), `from LOOKED-UP ([IP] helo=CLAIMED)` (Exim) and
    /// `from LOOKED-UP (HELO CLAIMED) (IP)` (qmail). A field without `from` names nobody.
    pub fn read(value: &[u8]) -> Self {
        let text = String::from_utf8_lossy(value.get(..LONGEST).unwrap_or(value));
        // Folding may stand between any two words.
        let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
        let Some((word, rest)) = text.split_once(' ') else {
            return Self::default();
        };
        if !word.eq_ignore_ascii_case("from") {
            return Self::default();
        }
        let clause = rest.split(" by ").next().unwrap_or_default().trim();
        let mut words = clause.split([' ', '(', ')']);
        let claimed = words.next().unwrap_or_default();
        let comment = clause.split_once('(').map_or("", |(_, comment)| comment);
        let first = comment.split([' ', ')']).next().unwrap_or_default();
        let looked_up = comment.contains('[') && !first.starts_with('[');
        let name = if looked_up { first } else { claimed };
        Self {
            ip: clause.split([' ', '(', ')', '[', ']']).find_map(address),
            name: host(name),
        }
    }

    /// Not from a host of ours: an address of the internet without a name of our domain, or without any address such a name.
    pub fn is_from_outside(&self, authserv_id: &str) -> bool {
        let own = |name: &str| {
            to_ascii(authserv_id).is_some_and(|id| registrable(&id) == registrable(name))
        };
        match (self.ip, &self.name) {
            (Some(ip), name) => !is_private(ip) && !name.as_deref().is_some_and(own),
            (None, Some(name)) => name.contains('.') && !own(name),
            (None, None) => false,
        }
    }

    pub fn shown(&self) -> Option<String> {
        let name = self.name.as_deref().filter(|name| name.contains('.'));
        let name = name.map(|name| visible_line(name, 255));
        name.or_else(|| self.ip.map(|ip| ip.to_string()))
    }
}

/// A host name; neither an address nor the word for "none".
fn host(name: &str) -> Option<String> {
    let plain = !name.is_empty()
        && name
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || b"-._".contains(&b));
    let unnamed = name.eq_ignore_ascii_case("unknown") || address(name).is_some();
    (plain && !unnamed).then(|| name.trim_end_matches('.').to_ascii_lowercase())
}

fn address(word: &str) -> Option<IpAddr> {
    let tagged = word
        .get(..5)
        .filter(|tag| tag.eq_ignore_ascii_case("IPv6:"));
    let word = tagged.and_then(|_| word.get(5..)).unwrap_or(word);
    // What is no address may be anything: a name, a protocol, half a comment.
    word.parse().ok()
}

fn is_private(ip: IpAddr) -> bool {
    let v4 = |ip: Ipv4Addr| {
        let shared = matches!(ip.octets(), [100, 64..=127, ..]);
        ip.is_private() || ip.is_loopback() || ip.is_link_local() || ip.is_unspecified() || shared
    };
    match ip {
        IpAddr::V4(ip) => v4(ip),
        IpAddr::V6(ip) => match ip.to_ipv4_mapped() {
            Some(mapped) => v4(mapped),
            None => {
                ip.is_loopback()
                    || ip.is_unspecified()
                    || ip.is_unique_local()
                    || ip.is_unicast_link_local()
            }
        },
    }
}

#[cfg(test)]
mod tests {
    use super::Hop;

    fn shown(value: &str) -> Option<String> {
        Hop::read(value.as_bytes()).shown()
    }

    #[test]
    fn the_name_that_was_looked_up_is_shown() {
        let name = Some("out.news.example".to_owned());
        for value in [
            " from claimed.example (out.news.example. [203.0.113.9]) by mx.ok.example with ESMTPS",
            " from out.news.example ([203.0.113.9] helo=claimed.example) by mx.ok.example",
            " from out.news.example (HELO claimed.example) (203.0.113.9) by mx.ok.example",
            "from OUT.news.example by mx.ok.example",
        ] {
            assert_eq!(shown(value), name, "{value}");
        }
        for value in [
            " from claimed.example (unknown [IPv6:2001:db8::9]) by mx.ok.example",
            " from [2001:db8::9] (helo=claimed.example) by mx.ok.example",
        ] {
            assert_eq!(shown(value).as_deref(), Some("2001:db8::9"), "{value}");
        }
        assert_eq!(shown(" by 10.152.28.6 with SMTP id x6"), None);
    }

    #[test]
    fn our_own_hosts_are_not_outside() {
        let outside = |value: &str| Hop::read(value.as_bytes()).is_from_outside("mx.ok.example");
        for value in [
            "by 10.152.28.6 with SMTP",
            "from localhost (localhost [127.0.0.1]) by mx.ok.example",
            "from mx (mx [172.18.0.3]) by store with LMTP",
            "from mx.ok.example by store.ok.example (Dovecot) with LMTP",
            "from x (mx.ok.example [203.0.113.5]) by store.ok.example",
            "",
            "from",
        ] {
            assert!(!outside(value), "{value}");
        }
        for value in [
            "from mx.ok.example (unknown [203.0.113.9]) by mx.ok.example",
            "from mx.ok.example (evil.example [203.0.113.9]) by mx.ok.example",
            "from [203.0.113.9] (helo=mx.ok.example) by mx.ok.example",
            "from evil.example by mx.ok.example",
        ] {
            assert!(outside(value), "{value}");
        }
    }
}
