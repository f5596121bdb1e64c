//! Domain names as mail compares them.
use unicode_security::skeleton;

/// ASCII form (IDNA, UTS #46), lower case, without the final dot. None for what is no domain name.
pub(super) fn to_ascii(domain: &str) -> Option<String> {
    let domain = domain.trim().trim_end_matches('.');
    // IDNA has no word on why that helps anyone here.
    let ascii = idna::domain_to_ascii(domain).ok()?;
    (!ascii.is_empty()).then_some(ascii)
}

/// The same domain or one below it. A top-level domain holds nobody. Both in ASCII and lower case.
pub(super) fn is_within(domain: &str, above: &str) -> bool {
    let below = || {
        let rest = domain.strip_suffix(above);
        above.contains('.') && rest.is_some_and(|rest| rest.ends_with('.'))
    };
    domain == above || below()
}

/// The registrable domain by the list of public suffixes, its private part included: two pages of github.io have two
/// owners. An address, and a host that is a suffix itself, stand for themselves.
pub(super) fn registrable(host: &str) -> String {
    let host = host.trim_end_matches('.').to_ascii_lowercase();
    if host.parse::<std::net::Ipv4Addr>().is_ok() || host.starts_with('[') {
        return host;
    }
    psl::domain_str(&host).map_or_else(|| host.clone(), str::to_owned)
}

/// Whether a host stands below a suffix that the list of public suffixes has.
pub(super) fn is_below_known_suffix(host: &str) -> bool {
    psl::domain(host.as_bytes()).is_some_and(|domain| domain.suffix().is_known())
}

/// Whether a host is no more than a public suffix.
pub(super) fn is_suffix(host: &str) -> bool {
    psl::domain_str(&host.to_ascii_lowercase()).is_none()
}

/// Whether two domains belong together, so that one may answer for the other: the same registrable domain.
pub fn same_organisation(one: &str, other: &str) -> bool {
    match (to_ascii(one), to_ascii(other)) {
        (Some(one), Some(other)) => registrable(&one) == registrable(&other),
        _ => one.eq_ignore_ascii_case(other),
    }
}

/// Another domain that the eye takes for `own` (skeletons of UTS #39, without regard to case).
pub fn looks_like(domain: &str, own: &str) -> bool {
    let shape = |domain: &str| {
        let ascii = to_ascii(domain)?;
        // As it was written, since a capital letter may look like a small one of another kind.
        let written = match ascii.contains("xn--") {
            true => idna::domain_to_unicode(domain).0,
            false => domain.trim_end_matches('.').to_owned(),
        };
        let labels = registrable(&ascii).split('.').count();
        let labels: Vec<&str> = written.rsplit('.').take(labels).collect();
        let folded = skeleton(&labels.join(".")).collect::<String>();
        Some(skeleton(&folded.to_lowercase()).collect::<String>())
    };
    !same_organisation(domain, own) && shape(domain).is_some() && shape(domain) == shape(own)
}

/// As a domain is named to a person who must not be deceived: in ASCII.
pub fn honest_domain(domain: &str) -> String {
    to_ascii(domain).unwrap_or_else(|| super::characters::visible_line(domain, 255))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_domain_that_looks_like_another_is_known() {
        for other in [
            "examp1e.org",
            "EXAMPIE.org",
            "exarnple.org",
            "ex\u{430}mple.org",
            "xn--exmple-4nf.org",
            "mail.examp1e.org",
        ] {
            assert!(looks_like(other, "example.org"), "{other}");
        }
        for other in [
            "example.org",
            "mail.example.org",
            "example.com",
            "sample.org",
            "",
            "..",
        ] {
            assert!(!looks_like(other, "example.org"), "{other}");
        }
    }

    #[test]
    fn only_a_domain_below_is_within() {
        assert!(is_within("mail.example.org", "example.org"));
        assert!(is_within("example.org", "example.org"));
        assert!(!is_within("badexample.org", "example.org"));
        assert!(!is_within("example.org", "mail.example.org"));
        assert!(!is_within("example.org", "org"));
    }

    #[test]
    fn one_organisation_has_many_hosts() {
        assert!(same_organisation("news.example.co.uk", "Example.co.uk."));
        assert!(!same_organisation("a.co.uk", "b.co.uk"));
    }
}
