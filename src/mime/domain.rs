//! Domains as they are shown: in Unicode where that deceives nobody, else in ASCII (UTS #39, UTS #46).
use std::borrow::Cow;
use unicode_security::{RestrictionLevel, RestrictionLevelDetection, skeleton};

/// Whether a label mixes scripts that no language mixes, looks like an ASCII one and is none, or is no IDNA at all.
pub(super) fn deceives(domain: &str) -> bool {
    if domain.is_ascii() && !has_encoded_label(domain) {
        return false;
    }
    let (unicode, valid) = idna::domain_to_unicode(domain);
    if valid.is_err() {
        return true;
    }
    // Under a top domain in letters of its own nobody expects Latin ones.
    let is_foreign = unicode
        .rsplit('.')
        .find(|label| !label.is_empty())
        .is_some_and(|top| !top.is_ascii());
    unicode.split('.').any(|label| {
        !label.is_ascii() && (mixes_scripts(label) || (!is_foreign && resembles_ascii(label)))
    })
}

fn mixes_scripts(label: &str) -> bool {
    !label.check_restriction_level(RestrictionLevel::HighlyRestrictive)
}

/// The ligatures of Latin languages look like two letters and are what they look like.
fn resembles_ascii(label: &str) -> bool {
    let has_stranger = label.chars().any(|c| !c.is_ascii() && !"æœ".contains(c));
    has_stranger && skeleton(label).all(|c| c.is_ascii())
}

/// What people should read: Unicode of an honest international domain, ASCII of any other.
pub(super) fn shown(domain: &str) -> Cow<'_, str> {
    if domain.is_ascii() && !has_encoded_label(domain) {
        return Cow::Borrowed(domain);
    }
    if deceives(domain) {
        return idna::domain_to_ascii(domain).map_or(Cow::Borrowed(domain), Cow::Owned);
    }
    Cow::Owned(idna::domain_to_unicode(domain).0)
}

fn has_encoded_label(domain: &str) -> bool {
    domain.split('.').any(|label| {
        label
            .get(..4)
            .is_some_and(|prefix| prefix.eq_ignore_ascii_case("xn--"))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn look_alikes_and_mixed_scripts_deceive() {
        for domain in [
            "p\u{430}ypal.com",
            "xn--pypal-4ve.com",
            "\u{430}\u{440}\u{440}\u{4cf}\u{435}.com",
            "\u{261}oogle.com",
            "ıstanbul.com",
            "xn--a.com",
            "ab\u{3bf}c.example",
        ] {
            assert!(deceives(domain), "{domain}");
            assert!(shown(domain).is_ascii(), "{domain}");
        }
    }

    #[test]
    fn honest_international_domains_are_shown_as_they_are_written() {
        for domain in [
            "bücher.example",
            "straße.example",
            "cœur.example",
            "łódź.example",
            "почта.example",
            "хор.рф",
            "日本語.example",
            "bank.example",
            "[192.0.2.1]",
        ] {
            assert!(!deceives(domain), "{domain}");
            assert_eq!(shown(domain), domain);
        }
        assert_eq!(shown("xn--bcher-kva.example"), "bücher.example");
    }
}
