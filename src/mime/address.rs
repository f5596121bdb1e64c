//! Mailbox addresses (RFC 5322 §3.4, RFC 6532): what people type, what headers carry, what pages show.
mod list;
mod scanner;
mod warning;

use super::characters::{is_control, visible_line};
use super::domain;
use std::borrow::Cow;

pub(super) use list::parse_header;
pub use warning::SenderWarning;
pub(super) use warning::sender_warning;

/// Longest list of addresses that is read, typed or received (SECURITY.md R-LIM-1).
const MAX_ADDRESSES: usize = 1000;
/// Characters of a display name that are shown.
const MAX_NAME: usize = 120;
/// Characters of an addr-spec that are shown.
const MAX_ADDR: usize = 320;
const HUES: u32 = 12;

/// One mailbox address (RFC 5322 §3.4): decoded display name and addr-spec.
///
/// The domain stands as it was written, in Unicode or in ASCII; [`Address::to_ascii`] gives the form for the wire.
#[derive(Clone, Debug, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
pub struct Address {
    pub name: Option<String>,
    pub addr: String,
}

/// Why a piece of a typed list is not an address.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum AddressError {
    /// The piece as it was typed, made safe to show.
    #[error("not an address: {0}")]
    Invalid(String),
    #[error("too many addresses")]
    TooMany,
}

impl Address {
    /// What a person typed into To, Cc or Bcc: commas, semicolons or line breaks between; quoted names, comments,
    /// groups (their members count, their name does not), several bare addresses with spaces between.
    ///
    /// # Errors
    /// Every piece that cannot be right is named; [`AddressError::TooMany`] above 1,000 addresses.
    pub fn parse_list(typed: &str) -> Result<Vec<Self>, Vec<AddressError>> {
        list::parse_typed(typed)
    }

    /// `Name <addr>` with quoting where needed, for a form field; [`Address::parse_list`] reads it back.
    pub fn to_field(&self) -> String {
        let name: String = self
            .name
            .iter()
            .flat_map(|name| name.chars())
            .filter(|&c| !is_control(c))
            .collect();
        let name = name.trim();
        if name.is_empty() {
            return self.addr.clone();
        }
        let plain = name
            .split(' ')
            .all(|word| !word.is_empty() && word.chars().all(list::is_atext));
        if plain {
            return format!("{name} <{}>", self.addr);
        }
        let quoted = name.replace('\\', "\\\\").replace('"', "\\\"");
        format!("\"{quoted}\" <{}>", self.addr)
    }

    /// Name if there is an honest one, else the addr-spec. Control, bidi and invisible characters are removed; a
    /// name that holds another address than the real one, a mark as of a verified sender, or that hides a domain made
    /// to be confused is not honest.
    pub fn display_name(&self) -> String {
        let name = visible_line(self.name.as_deref().unwrap_or_default(), MAX_NAME);
        let claims_address =
            name.contains(['@', '\u{FF20}', '\u{FE6B}']) && !name.eq_ignore_ascii_case(&self.addr);
        let deceives = claims_address
            || warning::has_mark(&name)
            || self.domain().is_some_and(domain::deceives);
        if deceives || !name.chars().any(char::is_alphanumeric) {
            self.shown()
        } else {
            name
        }
    }

    /// The addr-spec for people to read, one line with nothing hidden in it: an international domain in Unicode where
    /// that deceives nobody, else in ASCII.
    pub fn shown(&self) -> String {
        let addr = visible_line(&self.addr, MAX_ADDR);
        let Some((local, domain)) = addr.rsplit_once('@') else {
            return addr;
        };
        match domain::shown(domain) {
            Cow::Borrowed(_) => addr,
            Cow::Owned(domain) => [local, "@", &domain].concat(),
        }
    }

    /// The ASCII form of a domain that [`Address::shown`] gives in Unicode.
    pub fn ascii_domain(&self) -> Option<String> {
        let domain = self.domain()?;
        let shown = domain::shown(domain);
        if shown.is_ascii() {
            return None;
        }
        idna::domain_to_ascii(&shown).ok()
    }

    /// One or two capital letters for the avatar; `?` when there is no letter or digit at all.
    pub fn initials(&self) -> String {
        let shown = self.display_name();
        let shown = shown
            .split_once('@')
            .map_or(shown.as_str(), |(local, _)| local);
        let mut firsts = shown
            .split(|c: char| c.is_whitespace() || matches!(c, '.' | '_' | '-' | '+' | ','))
            .filter_map(|word| word.chars().find(|c| c.is_alphanumeric()));
        let first = firsts.next();
        let last = firsts.next_back();
        let initials: String = first
            .into_iter()
            .chain(last)
            .filter_map(|c| c.to_uppercase().next())
            .collect();
        if initials.is_empty() {
            "?".to_owned()
        } else {
            initials
        }
    }

    /// 0..12, from a stable hash (FNV-1a) of the lower-cased address.
    pub fn hue(&self) -> u8 {
        let hash = self
            .addr
            .to_lowercase()
            .bytes()
            .fold(0x811c_9dc5_u32, |hash, byte| {
                (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193)
            });
        u8::try_from((hash ^ (hash >> 16)) % HUES).unwrap_or_default()
    }

    /// What follows the last `@`.
    pub fn domain(&self) -> Option<&str> {
        self.addr.rsplit_once('@').map(|(_, domain)| domain)
    }

    /// Same mailbox: domain case-insensitive, local part case-insensitive too (what every real server does).
    pub fn same(&self, other: &str) -> bool {
        self.addr.eq_ignore_ascii_case(other)
    }

    /// The addr-spec with an ASCII domain (IDNA, UTS #46). The local part stays: outside ASCII it needs SMTPUTF8.
    /// None when it has no domain, or one that IDNA refuses.
    pub fn to_ascii(&self) -> Option<String> {
        let (local, domain) = self.addr.rsplit_once('@')?;
        if domain.is_ascii() {
            return Some(self.addr.clone());
        }
        let domain = idna::domain_to_ascii_strict(domain).ok()?;
        Some(format!("{local}@{domain}"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn address(name: &str, addr: &str) -> Address {
        Address {
            name: (!name.is_empty()).then(|| name.to_owned()),
            addr: addr.to_owned(),
        }
    }

    #[test]
    fn names_are_quoted_only_where_they_must_be() {
        assert_eq!(address("", "a@b.example").to_field(), "a@b.example");
        assert_eq!(
            address("Ana Pop", "a@b.example").to_field(),
            "Ana Pop <a@b.example>"
        );
        assert_eq!(
            address("Pop, \"Ana\" \\", "a@b.example").to_field(),
            r#""Pop, \"Ana\" \\" <a@b.example>"#
        );
    }

    #[test]
    fn a_name_that_claims_another_address_is_not_shown() {
        assert_eq!(
            address("support@paypal.example", "x@evil.example").display_name(),
            "x@evil.example"
        );
        assert_eq!(
            address("x@evil.example", "X@evil.example").display_name(),
            "x@evil.example"
        );
        assert_eq!(
            address("\u{202e}moc.lapyap\u{202c}", "a@b.example").display_name(),
            "moc.lapyap"
        );
        assert_eq!(address("   ", "a@b.example").display_name(), "a@b.example");
        assert!(
            address(&"A".repeat(5000), "a@b.example")
                .display_name()
                .chars()
                .count()
                <= MAX_NAME + 1
        );
    }

    #[test]
    fn a_typed_address_is_never_taken_for_the_name_of_a_group() {
        for typed in [
            "ana@a.example: b@b.example",
            "Ana <ana@a.example> x: b@b.example",
            "ana@a.example:",
        ] {
            assert!(Address::parse_list(typed).is_err(), "{typed}");
        }
        let group = Address::parse_list("Friends: ana@a.example, b@b.example;").unwrap();
        assert_eq!(group.len(), 2);
    }

    #[test]
    fn initials_come_from_the_first_and_the_last_word() {
        assert_eq!(address("Ana Maria Pop", "a@b.example").initials(), "AP");
        assert_eq!(address("юрий", "a@b.example").initials(), "Ю");
        assert_eq!(address("", "mihai.ionescu@b.example").initials(), "MI");
        assert_eq!(address("", "@").initials(), "?");
    }

    #[test]
    fn the_hue_does_not_depend_on_case() {
        assert_eq!(
            address("", "A@B.example").hue(),
            address("x", "a@b.example").hue()
        );
        assert!(
            (0..200)
                .map(|i| address("", &format!("u{i}@b.example")).hue())
                .all(|hue| hue < 12)
        );
    }

    #[test]
    fn the_wire_form_has_an_ascii_domain() {
        assert_eq!(
            address("", "info@bücher.example").to_ascii().as_deref(),
            Some("info@xn--bcher-kva.example")
        );
        assert_eq!(
            address("", "a@[192.0.2.1]").to_ascii().as_deref(),
            Some("a@[192.0.2.1]")
        );
        assert_eq!(address("", "nobody").to_ascii(), None);
    }

    proptest! {
        #[test]
        fn a_field_reads_back_as_the_same_address(
            name in proptest::option::of("[^\\p{Cc}\\p{Z}]([^\\p{Cc}\u{2028}\u{2029}]{0,20}[^\\p{Cc}\\p{Z}])?"),
            local in "[a-z0-9!#$%&'*+/=?^_`{|}~é-]{1,12}(\\.[a-z0-9]{1,5})?",
            domain in "[a-z0-9]{1,8}(\\.[a-zé]{1,8}){0,3}",
        ) {
            let address = Address { name, addr: format!("{local}@{domain}") };
            prop_assert_eq!(Address::parse_list(&address.to_field()), Ok(vec![address]));
        }

        #[test]
        fn lists_read_back_too(names in proptest::collection::vec("[a-zA-Z ,;:<>@\"\\\\().é]{0,12}", 1..8)) {
            let list: Vec<_> = names.iter().map(|name| address(name.trim(), "a@b.example")).collect();
            let field = list.iter().map(Address::to_field).collect::<Vec<_>>().join(", ");
            prop_assert_eq!(Address::parse_list(&field), Ok(list));
        }

        #[test]
        fn nothing_typed_panics(typed in "\\PC*|[\\x00-\\x7f]*") {
            for address in Address::parse_list(&typed).unwrap_or_default() {
                prop_assert!(!address.addr.chars().any(is_control));
                address.display_name();
                address.initials();
            }
        }
    }
}
