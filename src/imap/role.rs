//! What a mailbox is for, by attribute or by name.
mod names;

use names::NAMES;

/// What a mailbox is for (RFC 6154, RFC 8457).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Role {
    Inbox,
    Drafts,
    Sent,
    Archive,
    Junk,
    Trash,
    Flagged,
    All,
}

impl Role {
    /// The role that a mailbox of this name has in all likelihood; the last component of its hierarchy is asked for.
    pub fn guess(leaf: &str) -> Option<Role> {
        let name = leaf
            .trim()
            .to_lowercase()
            .replace('\u{15f}', "ș")
            .replace('\u{163}', "ț");
        NAMES
            .iter()
            .find(|(_, names)| names.contains(&name.as_str()))
            .map(|(role, _)| *role)
    }

    /// SPECIAL-USE attribute (RFC 6154 §2); INBOX has none.
    pub(super) fn attribute(self) -> Option<&'static str> {
        match self {
            Role::Inbox => None,
            Role::Drafts => Some("\\Drafts"),
            Role::Sent => Some("\\Sent"),
            Role::Archive => Some("\\Archive"),
            Role::Junk => Some("\\Junk"),
            Role::Trash => Some("\\Trash"),
            Role::Flagged => Some("\\Flagged"),
            Role::All => Some("\\All"),
        }
    }

    pub(super) fn from_attribute(attribute: &[u8]) -> Option<Role> {
        let all = [
            Role::Drafts,
            Role::Sent,
            Role::Archive,
            Role::Junk,
            Role::Trash,
            Role::Flagged,
            Role::All,
        ];
        all.into_iter().find(|role| {
            role.attribute()
                .is_some_and(|name| attribute.eq_ignore_ascii_case(name.as_bytes()))
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_many_languages_are_known() {
        for (name, role) in [
            ("Sent Items", Role::Sent),
            ("Entwürfe", Role::Drafts),
            ("Éléments supprimés", Role::Trash),
            ("Корзина", Role::Trash),
            ("Coş de gunoi", Role::Trash),
            ("Schițe", Role::Drafts),
            ("Wysłane", Role::Sent),
            ("Correo no deseado", Role::Junk),
            ("Archivio", Role::Archive),
            ("迷惑メール", Role::Junk),
        ] {
            assert_eq!(Role::guess(name), Some(role), "{name}");
        }
        assert_eq!(Role::guess("Invoices"), None);
        assert_eq!(Role::guess("Inbox"), None);
    }

    #[test]
    fn no_name_stands_for_two_roles() {
        let mut seen = std::collections::HashSet::new();
        for name in NAMES.iter().flat_map(|(_, names)| *names) {
            assert!(seen.insert(name), "{name}");
            assert_eq!(&name.to_lowercase(), name);
        }
    }
}
