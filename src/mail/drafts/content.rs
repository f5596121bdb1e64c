//! What the sealed columns hold, as JSON.
use super::{
    super::{Error, MailboxName, MessageRef, Result, Uid, UidValidity},
    DraftChange,
};
use crate::store::{self, DraftRow};
use serde::{Deserialize, Serialize};

/// A stored message, in a form that can be written down.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Place {
    mailbox: Vec<u8>,
    uid_validity: u32,
    uid: u32,
}

impl From<&MessageRef> for Place {
    fn from(reference: &MessageRef) -> Self {
        Self {
            mailbox: reference.mailbox.wire().to_vec(),
            uid_validity: reference.uid_validity.get(),
            uid: reference.uid.get(),
        }
    }
}

impl Place {
    /// None: what was stored is no reference.
    pub fn reference(&self) -> Option<MessageRef> {
        Some(MessageRef {
            mailbox: MailboxName::from_wire(&self.mailbox),
            uid_validity: UidValidity::new(self.uid_validity)?,
            uid: Uid::new(self.uid)?,
        })
    }
}

/// The text of a draft.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Content {
    pub from: String,
    pub to: String,
    pub cc: String,
    pub bcc: String,
    pub subject: String,
    pub body: String,
    pub reply: Option<Place>,
    pub forward: Option<Place>,
    /// Message-IDs without angle brackets.
    pub in_reply_to: Option<String>,
    pub references: Vec<String>,
}

impl Content {
    pub fn apply(&mut self, change: &DraftChange) {
        let lists = [
            (&mut self.from, &change.from),
            (&mut self.to, &change.to),
            (&mut self.cc, &change.cc),
            (&mut self.bcc, &change.bcc),
        ];
        for (field, new) in lists {
            if let Some(new) = new {
                *field = cleaned(new, &['\n']);
            }
        }
        if let Some(subject) = &change.subject {
            self.subject = cleaned(subject, &[]).trim().to_owned();
        }
        if let Some(body) = &change.body {
            self.body = cleaned(
                &body.replace("\r\n", "\n").replace('\r', "\n"),
                &['\n', '\t'],
            );
        }
    }

    /// Octets of text.
    pub fn size(&self) -> usize {
        [
            &self.from,
            &self.to,
            &self.cc,
            &self.bcc,
            &self.subject,
            &self.body,
        ]
        .into_iter()
        .map(String::len)
        .sum()
    }

    /// Nothing in it that somebody would miss.
    pub fn is_blank(&self) -> bool {
        let typed = match self.body.rsplit_once("\n-- \n") {
            Some((above, _)) => above,
            None => &self.body,
        };
        [&self.to, &self.cc, &self.bcc, &self.subject]
            .into_iter()
            .all(|field| field.trim().is_empty())
            && typed.trim().is_empty()
    }

    pub fn to_json(&self) -> Result<Vec<u8>> {
        to_json(self)
    }
}

/// Control characters become spaces, so that no field can break out of its line; NUL goes nowhere.
fn cleaned(text: &str, kept: &[char]) -> String {
    text.chars()
        .map(|c| {
            let is_break = matches!(c, '\u{2028}' | '\u{2029}');
            if (c.is_control() || is_break) && !kept.contains(&c) {
                ' '
            } else {
                c
            }
        })
        .collect()
}

/// What is known of a file beside its content.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Meta {
    pub filename: String,
    pub mime_type: String,
    /// Its content stands in a stored message.
    pub carried: Option<Carried>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Carried {
    pub place: Place,
    /// Part number.
    pub section: String,
}

pub fn to_json<T: Serialize>(value: &T) -> Result<Vec<u8>> {
    Ok(serde_json::to_vec(value).map_err(store::Error::from)?)
}

pub fn from_json<T: for<'de> Deserialize<'de>>(json: &[u8]) -> Result<T> {
    Ok(serde_json::from_slice(json).map_err(store::Error::from)?)
}

/// Where the Drafts mailbox holds a version of it.
pub fn copy_of(row: &DraftRow) -> Result<Option<MessageRef>> {
    if row.copy.is_empty() {
        return Ok(None);
    }
    let place: Place = from_json(&row.copy)?;
    Ok(place.reference())
}

pub fn content_of(row: &DraftRow) -> Result<Content> {
    if row.discarded {
        return Err(Error::NoSuchDraft);
    }
    from_json(&row.content)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn absent_fields_stay_and_line_ends_become_line_feeds() {
        let mut content = Content {
            to: "ana@example.org".to_owned(),
            ..Content::default()
        };
        content.apply(&DraftChange {
            subject: Some(" One\r\nBcc: evil\0 ".to_owned()),
            body: Some("a\r\nb\rc\tü\0\u{1b}".to_owned()),
            ..DraftChange::default()
        });
        assert_eq!(content.to, "ana@example.org");
        assert_eq!(content.subject, "One  Bcc: evil");
        assert_eq!(content.body, "a\nb\nc\tü  ");
    }

    #[test]
    fn recipients_may_stand_on_lines_of_their_own() {
        let mut content = Content::default();
        content.apply(&DraftChange {
            to: Some("a@b\nc@d".to_owned()),
            ..DraftChange::default()
        });
        assert_eq!(content.to, "a@b\nc@d");
    }

    #[test]
    fn a_signature_alone_is_nothing_to_miss() {
        let mut content = Content {
            body: "\n\n-- \nAna\n".to_owned(),
            ..Content::default()
        };
        assert!(content.is_blank());
        content.body = "Hello\n\n-- \nAna\n".to_owned();
        assert!(!content.is_blank());
        content.body.clear();
        content.cc = "a@b".to_owned();
        assert!(!content.is_blank());
    }
}
