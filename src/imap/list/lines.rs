//! LIST, LSUB and STATUS responses, put together to mailboxes.

use super::{
    super::{
        Counts, Mailbox, MailboxName, Role,
        mailbox_name::LONGEST,
        response::{Data, Kind},
        sexp::{self, Value},
    },
    MOST_MAILBOXES,
};
use std::collections::{HashMap, HashSet};

pub(super) fn mailboxes(data: &[Data], extended: bool) -> Vec<Mailbox> {
    let mut mailboxes: Vec<Mailbox> = Vec::new();
    let mut places: HashMap<MailboxName, usize> = HashMap::new();
    let mut left_out = 0_usize;
    for data in data.iter().filter(|data| data.kind == Kind::List) {
        match listed(data) {
            Some(mailbox) if mailboxes.len() < MOST_MAILBOXES => {
                places.entry(mailbox.name.clone()).or_insert_with(|| {
                    mailboxes.push(mailbox);
                    mailboxes.len() - 1
                });
            }
            _ => left_out += 1,
        }
    }
    if left_out > 0 {
        tracing::warn!(
            left_out,
            "mailboxes left out of the list: too many, or without a usable name"
        );
    }
    for data in data {
        match data.kind {
            Kind::Status => {
                let Some((name, counts)) = status(data) else {
                    continue;
                };
                if let Some(mailbox) = places
                    .get(&name)
                    .and_then(|place| mailboxes.get_mut(*place))
                {
                    mailbox.counts = Some(counts);
                }
            }
            Kind::Lsub if !extended => {
                let Some(subscribed) = listed(data) else {
                    continue;
                };
                if let Some(mailbox) = places
                    .get(&subscribed.name)
                    .and_then(|place| mailboxes.get_mut(*place))
                {
                    mailbox.subscribed = true;
                }
            }
            _ => {}
        }
    }
    note_children(&mut mailboxes);
    mailboxes
}

/// One LIST or LSUB line; None without a name, or with one longer than 1,000 octets.
fn listed(data: &Data) -> Option<Mailbox> {
    let tokens = sexp::read(&data.rest);
    let mut values = tokens.values();
    let attributes = values.next()?.list()?;
    let delimiter = delimiter(values.next()?);
    let wire = name_octets(values.next()?)?;
    if wire.is_empty() || wire.len() > LONGEST {
        return None;
    }
    let has = |name: &str| {
        attributes
            .filter_map(Value::octets)
            .any(|attribute| attribute.eq_ignore_ascii_case(name.as_bytes()))
    };
    let name = MailboxName::from_wire(wire);
    let role = if name.is_inbox() {
        Some(Role::Inbox)
    } else {
        attributes
            .filter_map(Value::octets)
            .find_map(Role::from_attribute)
    };
    let selectable = !has("\\Noselect") && !has("\\NonExistent") && name.is_sendable();
    Some(Mailbox {
        delimiter,
        role,
        selectable,
        subscribed: has("\\Subscribed"),
        has_children: has("\\HasChildren"),
        counts: None,
        name,
    })
}

/// A mailbox may be called NIL.
fn name_octets(value: Value<'_>) -> Option<&[u8]> {
    match value {
        Value::Nil => Some(b"NIL"),
        value => value.octets(),
    }
}

fn delimiter(value: Value<'_>) -> Option<char> {
    match value.octets() {
        Some([c @ b'!'..=b'~']) => Some(char::from(*c)),
        _ => None,
    }
}

/// One STATUS line; counts that are missing or garbled are 0.
pub(super) fn status(data: &Data) -> Option<(MailboxName, Counts)> {
    let tokens = sexp::read(&data.rest);
    let mut values = tokens.values();
    let name = MailboxName::from_wire(name_octets(values.next()?)?);
    let items = values.next()?.list()?;
    let item = |wanted: &str| {
        let is_wanted = |item: Value<'_>| {
            item.octets()
                .is_some_and(|name| name.eq_ignore_ascii_case(wanted.as_bytes()))
        };
        items.skip_while(|item| !is_wanted(*item)).nth(1)?.number()
    };
    Some((
        name,
        Counts {
            messages: item("MESSAGES").unwrap_or(0),
            unseen: item("UNSEEN").unwrap_or(0),
        },
    ))
}

/// Servers without CHILDREN: a name below another tells.
fn note_children(mailboxes: &mut [Mailbox]) {
    let mut parents = HashSet::new();
    for mailbox in mailboxes.iter() {
        let Some(delimiter) = mailbox.delimiter.and_then(|d| u8::try_from(d).ok()) else {
            continue;
        };
        if let Some(end) = mailbox.name.wire().iter().rposition(|c| *c == delimiter) {
            parents.insert(mailbox.name.wire()[..end].to_vec());
        }
    }
    for mailbox in mailboxes {
        mailbox.has_children |= parents.contains(mailbox.name.wire());
    }
}

/// An attribute wins over a name, the first over later ones.
pub(super) fn assign_roles(mailboxes: &mut [Mailbox]) {
    let mut taken = HashSet::new();
    for mailbox in mailboxes.iter_mut() {
        mailbox.role = mailbox.role.filter(|role| taken.insert(*role));
    }
    for mailbox in mailboxes
        .iter_mut()
        .filter(|mailbox| mailbox.role.is_none() && mailbox.selectable)
    {
        mailbox.role =
            Role::guess(mailbox.name.leaf(mailbox.delimiter)).filter(|role| taken.insert(*role));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::imap::response::Response;
    use bytes::Bytes;

    fn data(lines: &[&str]) -> Vec<Data> {
        let parse = |line: &&str| match Response::parse(&Bytes::copy_from_slice(line.as_bytes())) {
            Response::Data(data) => data,
            other => panic!("{other:?}"),
        };
        lines.iter().map(parse).collect()
    }

    #[test]
    fn one_answer_tells_names_roles_counts_and_children() {
        let mut list = mailboxes(
            &data(&[
                "* LIST (\\Subscribed \\HasNoChildren \\Sent) \"/\" \"Gesendet\"\r\n",
                "* STATUS Gesendet (MESSAGES 4 UNSEEN 1)\r\n",
                "* LIST (\\Noselect) \"/\" Kunden\r\n",
                "* LIST () \"/\" Kunden/M&APw-ller\r\n",
                "* LIST () \"/\" Sent\r\n",
                "* LIST () \"/\" Papierkorb\r\n",
                "* LIST () \"/\" inbox\r\n",
                "* STATUS INBOX (UNSEEN 2 MESSAGES 9 SIZE 1)\r\n",
            ]),
            true,
        );
        assign_roles(&mut list);
        let names: Vec<&str> = list.iter().map(|mailbox| mailbox.name.as_str()).collect();
        assert_eq!(
            names,
            [
                "Gesendet",
                "Kunden",
                "Kunden/Müller",
                "Sent",
                "Papierkorb",
                "INBOX"
            ]
        );
        let roles: Vec<_> = list.iter().map(|mailbox| mailbox.role).collect();
        assert_eq!(
            roles,
            [
                Some(Role::Sent),
                None,
                None,
                None,
                Some(Role::Trash),
                Some(Role::Inbox)
            ]
        );
        assert_eq!(
            list[0].counts,
            Some(Counts {
                messages: 4,
                unseen: 1
            })
        );
        assert_eq!(
            list[5].counts,
            Some(Counts {
                messages: 9,
                unseen: 2
            })
        );
        assert!(list[1].has_children && !list[1].selectable && list[0].subscribed);
    }

    #[test]
    fn odd_lines_cost_only_themselves() {
        let list = mailboxes(
            &data(&[
                "* LIST () NIL \"a/b\"\r\n",
                "* LIST\r\n",
                "* LIST ()\r\n",
                "* LIST () \"/\" \"\"\r\n",
                "* LIST () \"/\" NIL\r\n",
                "* LIST () \"\\\\\" \"c\\\\d\"\r\n",
                "* LIST () \"/\" {3}\r\na\nb\r\n",
            ]),
            true,
        );
        let names: Vec<&str> = list.iter().map(|mailbox| mailbox.name.as_str()).collect();
        assert_eq!(names, ["a/b", "NIL", "c\\d", "\u{fffd}a\\x0Ab"]);
        assert_eq!(list[0].delimiter, None);
        assert_eq!(list[2].delimiter, Some('\\'));
        assert!(!list[3].selectable);
    }
}
